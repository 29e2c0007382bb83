"""Words from which believable customers are made; everything ends in `.example`, which nobody owns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """What customers of one country have in common.

    `phone` ends in `#` signs that become digits; `zones` are IANA names, and more than one of them means that the
    ERP has to say which.
    """

    code: str
    language: str
    zones: tuple[str, ...]
    phone: str
    forms: tuple[str, ...]
    roots: tuple[str, ...]
    trades: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


_GERMAN_FORMS = ("GmbH", "AG", "GmbH & Co. KG", "KG", "e.K.")
_GERMAN_TRADES = (
    "Maschinenbau", "Logistik", "Elektrotechnik", "Holzwerke", "Medizintechnik", "Verpackung",
    "Feinmechanik", "Gastro", "Druckerei", "Baustoffe", "Software", "Möbel",
)  # fmt: skip
_ENGLISH_TRADES = (
    "Engineering", "Logistics", "Foods", "Packaging", "Fabrication", "Interiors", "Print",
    "Robotics", "Supply", "Marine", "Textiles", "Systems",
)  # fmt: skip
_ENGLISH_FIRST = (
    "Amelia",
    "George",
    "Priya",
    "Tom",
    "Grace",
    "Callum",
    "Nina",
    "Samuel",
    "Ruth",
    "Leo",
)
_ENGLISH_LAST = (
    "Hart",
    "Barlow",
    "Shah",
    "Whitaker",
    "Doyle",
    "Mercer",
    "Okafor",
    "Lang",
    "Pryce",
    "Cole",
)
_GERMAN_FIRST = (
    "Anna",
    "Lukas",
    "Sabine",
    "Jürgen",
    "Leonie",
    "Emre",
    "Petra",
    "Felix",
    "Ute",
    "Milan",
)
_GERMAN_LAST = (
    "Weber",
    "Köhler",
    "Yilmaz",
    "Lindner",
    "Groß",
    "Albrecht",
    "Pohl",
    "Sauer",
    "Ernst",
    "Jahn",
)

COUNTRIES: dict[str, Country] = {
    country.code: country
    for country in (
        Country(
            "DE", "de", ("Europe/Berlin",), "+491522881####", _GERMAN_FORMS,
            ("Nordwind", "Albtal", "Rheingold", "Hanse", "Falkenberg", "Sonnberg", "Märkische", "Isar",
             "Eichwald", "Küstenhof", "Lahntal", "Seidel"),
            _GERMAN_TRADES, _GERMAN_FIRST, _GERMAN_LAST,
        ),
        Country(
            "AT", "de", ("Europe/Vienna",), "+43664123####", ("GmbH", "AG", "OG"),
            ("Donau", "Tauern", "Wienerwald", "Steirische", "Enns"),
            _GERMAN_TRADES, _GERMAN_FIRST, ("Huber", "Gruber", "Steiner", "Moser", "Hofer", "Wagner"),
        ),
        Country(
            "CH", "de", ("Europe/Zurich",), "+417912#####", ("AG", "GmbH"),
            ("Säntis", "Aare", "Limmat", "Gotthard", "Jura"),
            _GERMAN_TRADES, _GERMAN_FIRST, ("Keller", "Frei", "Zürcher", "Amstutz", "Meier", "Baumann"),
        ),
        Country(
            "NL", "en", ("Europe/Amsterdam",), "+3161234####", ("B.V.", "N.V."),
            ("Waalhaven", "Zuiderzee", "Amstel", "Veluwe", "Maas"),
            _ENGLISH_TRADES, ("Sanne", "Daan", "Femke", "Joris"), ("de Vries", "Bakker", "Visser", "Mulder"),
        ),
        Country(
            "FR", "fr", ("Europe/Paris",), "+3361234####", ("SARL", "SAS", "SA"),
            ("Bellecour", "Garonne", "Vauban", "Armor", "Lumière"),
            ("Mécanique", "Emballage", "Textiles", "Logistique", "Métaux", "Menuiserie"),
            ("Camille", "Hugo", "Inès", "Mathieu"), ("Laurent", "Moreau", "Girard", "Roux"),
        ),
        Country(
            "GB", "en", ("Europe/London",), "+44740012####", ("Ltd", "plc", "LLP"),
            ("Ashdown", "Pennine", "Calder", "Thornbury", "Severn", "Kestrel", "Wharf", "Marlow",
             "Harrow", "Tyne", "Bramley", "Fenland"),
            _ENGLISH_TRADES, _ENGLISH_FIRST, _ENGLISH_LAST,
        ),
        Country(
            "IE", "en", ("Europe/Dublin",), "+35385012####", ("Ltd", "DAC"),
            ("Liffey", "Connemara", "Shannon", "Burren", "Claddagh"),
            _ENGLISH_TRADES, ("Aoife", "Cian", "Niamh", "Oisín"), ("Byrne", "Kelly", "Nolan", "Walsh"),
        ),
        Country(
            "US", "en", ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
            "+1312555####", ("Inc.", "LLC", "Corp."),
            ("Blue Ridge", "Lakeshore", "Prairie", "Summit", "Granite", "Redwood", "Old Harbor", "Mesa",
             "Cascade", "Liberty", "Union", "Sycamore"),
            _ENGLISH_TRADES, ("Ashley", "Brian", "Carmen", "Devin", "Erin", "Frank", "Gloria", "Hank"),
            ("Alvarez", "Bennett", "Carter", "Dawson", "Ellis", "Foster", "Hughes", "Nguyen"),
        ),
        Country(
            "CA", "en", ("America/Toronto", "America/Vancouver"), "+1416555####", ("Inc.", "Ltd."),
            ("Maple Bay", "Laurentian", "Yukon", "Northgate"),
            _ENGLISH_TRADES, _ENGLISH_FIRST, ("Tremblay", "MacLeod", "Singh", "Campbell"),
        ),
        Country(
            "AU", "en", ("Australia/Sydney",), "+6149157####", ("Pty Ltd",),
            ("Coral", "Outback", "Murray", "Banksia"),
            _ENGLISH_TRADES, _ENGLISH_FIRST, ("Taylor", "Nguyen", "Walker", "Harris"),
        ),
    )
}  # fmt: skip
"""ISO 3166 alpha-2 → what customers there are like."""

MARKETS: dict[str, tuple[tuple[str, int], ...]] = {
    "DE01": (("DE", 62), ("AT", 13), ("CH", 9), ("NL", 9), ("FR", 7)),
    "GB01": (("GB", 80), ("IE", 20)),
    "US01": (("US", 78), ("CA", 12), ("AU", 10)),
}
"""Legal entity → where its customers live, with weights."""

SHARES: tuple[tuple[str, int], ...] = (("DE01", 45), ("GB01", 30), ("US01", 25))
"""Which part of the customers each legal entity has."""

CITIES: tuple[str, ...] = (
    "Nord", "Süd", "West", "Ost", "Mitte", "Hafen", "Tal", "Berg",
)  # fmt: skip
ENGLISH_PLACES: tuple[str, ...] = (
    "North", "South", "West", "East", "Central", "Harbour", "Valley", "Hill",
)  # fmt: skip
