"""Invented people: common given and family names of several languages and scripts, put together at random."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    language: str
    weight: int
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _culture(language: str, weight: int, female: str, male: str, family: str) -> Culture:
    return Culture(language, weight, tuple(female.split()), tuple(male.split()), tuple(family.split()))


CULTURES = (
    _culture(
        "en",
        26,
        "Alice Grace Emily Charlotte Hannah Ruth Margaret Olive Zoe Sarah Joan Megan",
        "James Oliver Henry Thomas George Samuel Arthur Peter Daniel Owen Simon Walter",
        "Smith Jones Taylor Brown O'Brien Walker Wright Hughes Green Hall Clarke Baker Turner Cooper Ward Ellis",
    ),
    _culture(
        "de",
        18,
        "Anna Käthe Jörgine Sabine Ursula Birgit Ännchen Heike Monika Grit",
        "Jürgen Björn Günther Karl Matthias Götz Uwe Sören Stefan Rüdiger",
        "Müller Schäfer Weiß Köhler Krüger Schröder Böhm Jäger Groß Vogel Lehmann Kühn Möller Zöllner",
    ),
    _culture(
        "fr",
        7,
        "Zoé Hélène Chloé Françoise Léa Noëlle Agnès Solène",
        "François René Jérôme Benoît Étienne Loïc Rémi Gaël",
        "Lefèvre Dubois Gérard Benoît Côté Maçon Fournier Léger Bélanger Duprés",
    ),
    _culture(
        "pl",
        7,
        "Małgorzata Żaneta Łucja Agnieszka Zofia Bożena Róża Ewa",
        "Łukasz Paweł Sławomir Grzegorz Michał Wojciech Jan Tomasz",
        "Wójcik Dąbrowska Kozłowski Wiśniewska Krawczyk Zając Nowak Piątek Szymańska Górski",
    ),
    _culture(
        "es",
        7,
        "María Begoña Inés Sofía Lucía Concepción Íngrid Belén",
        "José Ángel Íñigo Raúl Joaquín Andrés Tomás Julián",
        "Muñoz García Núñez Peña Ibáñez Rodríguez Gómez Sáez Ordóñez Castaño",
    ),
    _culture(
        "tr",
        6,
        "Ayşe Gülşen Çiğdem Şule Özlem İpek Zeynep Gönül",
        "Çağrı Ömer Şükrü İbrahim Görkem Yiğit Doğan Uğur",
        "Yıldız Öztürk Çelik Şahin Doğan Aydın Güneş Kılıç Işık Erdoğdu",
    ),
    _culture(
        "sv",
        4,
        "Åsa Märta Ingrid Börje Sigrid Astrid Linnéa Frøydis",
        "Åke Göran Bjørn Søren Øystein Håkan Þór Lars",
        "Sjögren Åberg Lindström Ødegård Sørensen Bäck Jónsdóttir Nyström Hällgren Bergström",
    ),
    _culture(
        "cs",
        4,
        "Zdeňka Růžena Šárka Jiřina Kateřina Žofie Ľubica Božena",
        "Jiří Tomáš Ondřej Zdeněk Řehoř Matěj Šimon Luboš",
        "Dvořák Novotná Růžička Kučera Černý Šťastná Pokorný Holečková Říha Žák",
    ),
    _culture(
        "vi",
        4,
        "Hương Thúy Phượng Ngọc Lan Yến Mỹ Hạnh",
        "Dũng Đức Tuấn Hoàng Quân Thắng Bảo Sơn",
        "Nguyễn Trần Lê Phạm Huỳnh Đặng Bùi Võ Đỗ Hồ",
    ),
    _culture(
        "ar",
        4,
        "فاطمة مريم نور ليلى سلمى هدى زينب رنا",
        "محمد أحمد يوسف خالد سامي عمر حسن كريم",
        "الخطيب حداد منصور صالح النجار العلي خوري عباس درويش الشامي",
    ),
    _culture(
        "uk",
        3,
        "Олена Ірина Наталія Оксана Світлана Юлія Ганна Марія",
        "Олександр Микола Сергій Андрій Тарас Юрій Іван Богдан",
        "Шевченко Коваленко Бондар Ткаченко Мельник Кравець Лисенко Гончар Їжак Поліщук",
    ),
    _culture(
        "el",
        3,
        "Ελένη Μαρία Σοφία Κατερίνα Άννα Δήμητρα Ιωάννα Χρυσή",
        "Γιώργος Νίκος Δημήτρης Κώστας Ηλίας Παύλος Στέλιος Θανάσης",
        "Παπαδάκης Νικολάου Γεωργίου Ιωάννου Δήμου Καραγιάννης Οικονόμου Βλάχου Μακρής Αλεξίου",
    ),
    _culture(
        "zh",
        3,
        "秀英 丽华 美玲 晓燕 雪梅 佳怡 欣怡 静",
        "伟 建国 志强 明 浩然 子轩 俊杰 磊",
        "王 李 张 刘 陈 杨 黄 赵 吴 周",
    ),
    _culture(
        "hi",
        2,
        "अनीता सुनीता प्रिया मीरा राधा कविता नेहा गीता",
        "राजेश अमित विजय संजय अर्जुन मोहन दीपक रवि",
        "शर्मा वर्मा सिंह गुप्ता कुमार यादव जोशी मिश्रा पटेल नायर",
    ),
    _culture(
        "ja",
        2,
        "陽子 さくら 美咲 直美 ゆかり 恵子 あかり 由美",
        "健太 大輔 翔太 誠 浩 たけし 直樹 修",
        "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤",
    ),
)

STAFF_NAMES = (
    "Dr Mara Lindqvist",
    "Dr Tomás Ibáñez",
    "Dr Aiko Watanabe",
    "Dr Samuel Okafor",
    "Dr Helene Brandt",
    "Dr Priya Nair",
    "Dr Łucja Zając",
    "Dr Omar Haddad",
)
DESK_NAMES = ("Nils Ahlgren", "Rosa Castaño")
OTHER_STAFF = {"clinic_admin": "Ingrid Solberg", "auditor": "Victor Amsel", "researcher": "Dr Yun Zhao"}
