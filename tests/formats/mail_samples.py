# ruff: noqa: E501  (rows of exports and lines of mails stand as they are)
"""Mails as people write them, with what is new in each: written for these tests, as programs of today quote and sign.

Each is its name, the writer's name as it stands in From, the text, and the words that are new.
"""

SAMPLES: list[tuple[str, str, str, str]] = [
    (
        "da gmail",
        "Anna Holm",
        "Pakken er stadig ikke kommet.\n\nVenlig hilsen\nAnna Holm\n\n"
        "Den tirs. 3. nov. 2026 kl. 10.12 skrev Kundeservice <hjaelp@butik.example>:\n\n> Hej Anna\n> Den er på vej.\n",
        "Pakken er stadig ikke kommet.",
    ),
    (
        "da gmail wrapped attribution",
        "Anna Holm",
        "Nej, det passer ikke.\n\nDen tirs. 3. nov. 2026 kl. 10.12 skrev Kundeservice for Butikken\n"
        "<hjaelp@butik.example>:\n\n> Den er på vej.\n",
        "Nej, det passer ikke.",
    ),
    (
        "da apple mail",
        "Bo Berg",
        "Jeg har ventet i tre uger.\nMvh Bo\n\nSendt fra min iPhone\n\n"
        "> Den 3. nov. 2026 kl. 10.12 skrev Kundeservice <hjaelp@butik.example>:\n> \n> Hej Bo\n",
        "Jeg har ventet i tre uger.",
    ),
    (
        "da outlook head",
        "Liv Dahl",
        "Hej igen\n\nFakturaen er stadig forkert, og jeg har ringet to gange.\n\nMed venlig hilsen\n\nLiv Dahl\n"
        "Bogholder\nDahl & Søn ApS\nTlf. 12 34 56 78\n\nFra: Kundeservice <hjaelp@butik.example>\n"
        "Sendt: 3. november 2026 10:12\nTil: Liv Dahl\nEmne: SV: Faktura 88213\n\nHej Liv\n",
        "Hej igen\n\nFakturaen er stadig forkert, og jeg har ringet to gange.",
    ),
    (
        "da oprindelig meddelelse",
        "Ole",
        "Tak for svaret, men det hjalp ikke.\n\nOle\n\n-----Oprindelig meddelelse-----\nFra: Kundeservice\n"
        "Sendt: 3. november 2026\nTil: Ole\nEmne: Login\n\nPrøv igen.\n",
        "Tak for svaret, men det hjalp ikke.",
    ),
    (
        "da answers between",
        "Ida Lund",
        "Den 03-11-2026 kl. 10:12 skrev Kundeservice:\n> Virker det nu?\nNej, stadig ikke.\n> Har du genstartet?\n"
        "Ja, tre gange.\n\n-- \nIda Lund\nTlf 11223344\n",
        "Nej, stadig ikke.\nJa, tre gange.",
    ),
    (
        "da tak is a word",
        "Per",
        "Tak for den gode hjælp i går!\n\nDet var dejligt at tale med Mette.\n",
        "Tak for den gode hjælp i går!\n\nDet var dejligt at tale med Mette.",
    ),
    (
        "da på forhånd tak with name",
        "Kim Friis",
        "Kan I sende en ny?\n\nPå forhånd tak\nKim Friis\n",
        "Kan I sende en ny?\n\nPå forhånd tak",
    ),
    (
        "da hilsen inside",
        "Eva",
        "Jeg fik en hilsen fra chaufføren:\nHilsen\ni en plastikpose lå den, og pakken var våd.\n",
        "Jeg fik en hilsen fra chaufføren:\nHilsen\ni en plastikpose lå den, og pakken var våd.",
    ),
    (
        "da journey is no head",
        "Tom",
        "Min rejse blev aflyst.\nFra: Aarhus\nTil: Odense\nJeg vil have pengene tilbage.\n",
        "Min rejse blev aflyst.\nFra: Aarhus\nTil: Odense\nJeg vil have pengene tilbage.",
    ),
    (
        "da own sentence with skrev",
        "Tom",
        "Den 3. november skrev jeg til jer:\nPakken mangler.\nDer er stadig intet svar.\n",
        "Den 3. november skrev jeg til jer:\nPakken mangler.\nDer er stadig intet svar.",
    ),
    (
        "da own sentence with skrev and a clock",
        "Tom",
        "Den 3. november kl. 10.15 skrev jeres chauffør, at ingen var hjemme:\nDet passer ikke.\n",
        "Den 3. november kl. 10.15 skrev jeres chauffør, at ingen var hjemme:\nDet passer ikke.",
    ),
    (
        "da postscript",
        "Anna Holm",
        "Pakken er gået i stykker.\n\nMvh\nAnna Holm\n\nPS: Jeg har billeder, hvis I vil se dem.\n",
        "Pakken er gået i stykker.\n\nPS: Jeg har billeder, hvis I vil se dem.",
    ),
    (
        "da outlook mobile",
        "Jens Bo",
        "Jeg opsiger mit abonnement.\n\nHent Outlook til iOS<https://aka.example/o0ukef>\n"
        "________________________________\nFra: Butikken <hjaelp@butik.example>\n"
        "Sendt: Tuesday, November 3, 2026 10:12:00 AM\nTil: Jens Bo\nEmne: Re: Abonnement\n\nHej\n",
        "Jeg opsiger mit abonnement.",
    ),
    (
        "da device line only",
        "Jens Bo",
        "Hvor bliver den af\n\nSendt fra min Samsung Galaxy-smartphone.\n",
        "Hvor bliver den af",
    ),
    (
        "sv gmail",
        "Åsa Öberg",
        "Paketet kom aldrig fram.\n\nMed vänliga hälsningar\nÅsa Öberg\n\n"
        "Den tis 3 nov. 2026 kl 10:12 skrev Kundtjänst <hjalp@butik.example>:\n\n> Hej Åsa\n",
        "Paketet kom aldrig fram.",
    ),
    (
        "sv apple mail",
        "Nils",
        "Det fungerar fortfarande inte.\n\nSkickat från min iPhone\n\n"
        "3 nov. 2026 kl. 10:12 skrev Kundtjänst <hjalp@butik.example>:\n\n> Har du startat om?\n",
        "Det fungerar fortfarande inte.",
    ),
    (
        "sv outlook head",
        "Eva Lind",
        "Jag väntar fortfarande på mina pengar.\n\nVänliga hälsningar\nEva Lind\nInköpschef\n070-123 45 67\n\n"
        "Från: Kundtjänst <hjalp@butik.example>\nSkickat: den 3 november 2026 10:12\nTill: Eva Lind\nÄmne: Sv: Retur\n\nHej\n",
        "Jag väntar fortfarande på mina pengar.",
    ),
    (
        "sv ursprungligt meddelande",
        "Olle",
        "Fel artikel igen!\n\n-----Ursprungligt meddelande-----\nFrån: Kundtjänst\nSkickat: den 3 november 2026\n\nHej\n",
        "Fel artikel igen!",
    ),
    (
        "sv tack is a word",
        "Maja",
        "Tack\n\nJag är så nöjd med bemötandet i butiken.\n",
        "Tack\n\nJag är så nöjd med bemötandet i butiken.",
    ),
    (
        "sv mvh one line",
        "Karl Ek",
        "När öppnar ni på lördag?\nMvh Karl Ek\n",
        "När öppnar ni på lördag?",
    ),
    (
        "sv thunderbird",
        "Karl Ek",
        "Nej tack.\n\nDen 2026-11-03 kl. 10:12, skrev Kundtjänst:\n> Vill du ha ett presentkort?\n",
        "Nej tack.",
    ),
    (
        "sv own list with dashes",
        "Karl Ek",
        "Tre saker var fel:\n- fel färg\n- fel storlek\n- för sent\n\nKarl\n",
        "Tre saker var fel:\n- fel färg\n- fel storlek\n- för sent",
    ),
    (
        "sv disclaimer",
        "Ulf Ström",
        "Vi vill ha en ny offert.\n\nHälsningar\nUlf Ström\nStröm AB\n\nDetta meddelande kan innehålla konfidentiell "
        "information.\n",
        "Vi vill ha en ny offert.",
    ),
    (
        "nb gmail",
        "Kari Nes",
        "Varen var ødelagt da den kom.\n\nMed vennlig hilsen\nKari Nes\n\n"
        "tir. 3. nov. 2026 kl. 10:12 skrev Kundeservice <hjelp@butikk.example>:\n\n> Hei Kari\n",
        "Varen var ødelagt da den kom.",
    ),
    (
        "nb outlook head",
        "Per Dal",
        "Jeg får ikke logget inn.\n\nVennlig hilsen\nPer Dal\nMobil: +47 900 00 000\n\n"
        "Fra: Kundeservice <hjelp@butikk.example>\nDato: tirsdag 3. november 2026 10:12\nTil: Per Dal\nEmne: SV: Innlogging\n\n",
        "Jeg får ikke logget inn.",
    ),
    (
        "nb opprinnelig melding",
        "Siv",
        "Takk for hjelpen!\n\n-----Opprinnelig melding-----\nFra: Kundeservice\nSendt: 3. november 2026\n\nHei\n",
        "Takk for hjelpen!",
    ),
    (
        "nb device",
        "Siv",
        "Kan dere ringe meg i morgen\n\nSendt fra min iPad\n",
        "Kan dere ringe meg i morgen",
    ),
    (
        "en gmail",
        "Jane Doe",
        "Still broken, third time now.\n\nBest regards,\nJane Doe\n\n"
        "On Tue, Nov 3, 2026 at 10:12 AM Support <help@shop.example> wrote:\n\n> Hi Jane\n> Try again.\n",
        "Still broken, third time now.",
    ),
    (
        "en gmail wrapped attribution",
        "Jane Doe",
        "No.\n\nOn Tue, Nov 3, 2026 at 10:12 AM The Friendly Support Team of the Shop <\n"
        "help@shop.example> wrote:\n\n> Did it work?\n",
        "No.",
    ),
    (
        "en outlook head",
        "John Roe",
        "I have been charged twice.\n\nKind regards,\nJohn Roe\nHead of Procurement\nRoe Ltd\n+44 20 7946 0000\n"
        "www.roe.example\n\nFrom: Support <help@shop.example>\nSent: Tuesday, November 3, 2026 10:12 AM\n"
        "To: John Roe\nSubject: RE: Invoice\n\nDear John\n",
        "I have been charged twice.",
    ),
    (
        "en original message",
        "John",
        "Cancel my order please.\n\n-----Original Message-----\nFrom: Support\nSent: Tuesday\nTo: John\n\nHello\n",
        "Cancel my order please.",
    ),
    (
        "en dash dash",
        "Sam",
        "The app crashes on start.\n-- \nSam Smith\nCEO, Smith & Co\n",
        "The app crashes on start.",
    ),
    (
        "en thanks with name",
        "Sam Smith",
        "Could you send a new one?\n\nThanks,\nSam\n",
        "Could you send a new one?\n\nThanks,",
    ),
    (
        "en best inside",
        "Sam Smith",
        "Best\nservice I ever had, and I have had many.\n",
        "Best\nservice I ever had, and I have had many.",
    ),
    (
        "en own sentence with wrote",
        "Sam Smith",
        "On 3 November at 10:15 I wrote:\nplease stop the mails.\nThey keep coming.\n",
        "On 3 November at 10:15 I wrote:\nplease stop the mails.\nThey keep coming.",
    ),
    (
        "en forwarded with words",
        "Sam Smith",
        "See what your courier wrote to me. Not nice.\n\nBegin forwarded message:\n\nFrom: Courier\n"
        "Date: 3 November 2026\n\nNo.\n",
        "See what your courier wrote to me. Not nice.",
    ),
    (
        "en bottom posting",
        "Sam Smith",
        "> Did you get it?\n> Support\n\nYes, but it is the wrong colour.\n",
        "Yes, but it is the wrong colour.",
    ),
    (
        "en quote then history without marks",
        "Sam Smith",
        "Same problem again.\n\nOn 3 Nov 2026, at 10:12, Support <help@shop.example> wrote:\n\nHi Sam\nTry again.\n",
        "Same problem again.",
    ),
    (
        "en windows line ends and hard blanks",
        "Sam Smith",
        "It\xa0fails.\r\n\r\nRegards\r\nSam Smith\r\n",
        "It fails.",
    ),
    (
        "en nothing to cut",
        "Sam Smith",
        "I love it. My whole family does.\n\nKeep going!",
        "I love it. My whole family does.\n\nKeep going!",
    ),
]
