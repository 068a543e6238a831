"""The number that brings an ambulance, by country: facts, not choices.

Each number is named for an ambulance by the list that Android phones dial by (packages/services/Telephony/ecc, read on
30 November 2026) and stands among the emergency numbers of libphonenumber, which a test asks of every entry. Of Korea,
Moldova, Åland and the Channel Islands the first list says less than their own authorities do. Where the two disagree
there is no entry: then nobody but the clinic can say the number.
"""

_COUNTRIES_BY_NUMBER = {
    "000": "AU",
    "101": "IL PS",
    "102": "MV NP",
    "103": "BY KG KZ MN TJ UA",
    "104": "CU",
    "110": "SY",
    "111": "NR NZ PG",
    "112": (
        "AO AT AX AZ BE BG BI BT CH CY CZ DE DK EE ES FI FO FR GE GL GR HR HU IE IN IS IT KW LI LT LU LV MC MD MT NL PL"
        " PT RO RU RW SE SI SK TR TZ VU ZA"
    ),
    "113": "GW NO",
    "114": "MU",
    "115": "IR PK SR VN",
    "116": "AD GM",
    "117": "CF MZ",
    "118": "BO ID SM VA",
    "119": "JP KH KR TW",
    "120": "CN",
    "123": "CO EG GT",
    "124": "BA ME",
    "127": "AL",
    "128": "NI",
    "130": "CV",
    "131": "CL",
    "15": "GF GP ML NC NE PF PM RE WF",
    "1669": "TH",
    "18": "BF DJ",
    "190": "GI TN",
    "192": "BR",
    "193": "GH",
    "194": "KI MK",
    "511": "BB",
    "888": "SO",
    "911": (
        "AG AI AR AS AW BM BZ CA CR DM DO EC FJ FM GD GU JO KN KY LC LR MH MP MX PA PH PR PW PY SH SV TC TV US UY VC VE"
        " VG VI WS"
    ),
    "913": "GY",
    "919": "BS",
    "933": "TO",
    "990": "TT",
    "991": "BN ZM",
    "995": "SG",
    "997": "BW SA",
    "998": "AE MW",
    "999": "BD BH CK FK GB GG HK JE KE MO MY NU QA SC SL SS UG ZW",
    "9999": "OM",
}
EMERGENCY_NUMBERS = {
    country: number for number, countries in _COUNTRIES_BY_NUMBER.items() for country in countries.split()
}
