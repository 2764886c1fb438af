// What Datasette's table script wants to know, and what it leaves out for those who use no mouse. The tables are whole
// without it.
"use strict";

// Datasette writes this into each page as an inline script, which our pages do not allow.
var DATASETTE_ALLOW_FACET = true;

document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll("th .dropdown-menu-icon")) {
    const column = icon.closest("th").dataset.column;
    icon.setAttribute("role", "button");
    icon.setAttribute("tabindex", "0");
    icon.setAttribute("aria-label", `Sort, count or hide ${column}`);
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      icon.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      document.querySelector(".dropdown-menu a")?.focus();
    });
  }
  const menu = document.querySelector(".dropdown-menu");
  menu?.setAttribute("role", "dialog");
  menu?.setAttribute("aria-label", "Column");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.click();
  });
});
