// Starts Datasette's SQL editor on the text field, which works as it is where this does not run.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("sql-editor");
  if (!field || !window.CodeMirror) return;
  const editor = CodeMirror.fromTextArea(field, { mode: "text/x-sql", lineNumbers: true, lineWrapping: true });
  // Tab leads on, as everywhere else on the page.
  editor.setOption("extraKeys", { "Shift-Enter": () => field.form.requestSubmit(), Tab: false, "Shift-Tab": false });
  editor.getInputField().setAttribute("aria-label", "SQL");

  const format = document.getElementById("sql-format");
  if (format && window.sqlFormatter) {
    format.hidden = false;
    format.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
  }
});
