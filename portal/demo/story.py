"""What the records add up to as of 31/10/2025, and how the months before and after went.

The first block is what Báo Lai Châu printed on 31/10/2025 about Mường Kim. The rest is
invented so that the printed figures can be true of people, households and days.
"""

from datetime import date

STORY_BEGINS_ON = date(2025, 1, 1)
ARTICLE_ON = date(2025, 10, 31)
TEAMS_BEGIN_ON = date(2025, 7, 14)
COMMUNE_FORMED_ON = date(2025, 7, 1)

# As printed.
VILLAGES = 43
COMMUNICATIONS = 39
RESIDENT_SESSIONS = 8
PEOPLE_TRAINED = 220
HOUSEHOLDS_VISITED = 1820

# «More than 400», «over 80 %», «90 %», «over 70 %».
STAFF, STAFF_DONE = 412, 335
PUPILS, PUPILS_EQUIPPED = 1640, 1476
ADULTS, ADULTS_ABLE = 12966, 9154

# Invented, and plausible beside them. Sixteen people came to two sessions; adults reached
# who live in no visited household were met at gatherings and at the service centre.
HOUSEHOLDS, RESIDENTS = 4200, 20400
HOME_VISITS = 2461
TRAINING_ATTENDANCES = 236
ADULTS_REACHED, ADULTS_CONFIRMED = 10762, 4019
HOUSEHOLDS_WITH_DEVICE = 3612
WORKERS, WORKERS_EQUIPPED = 214, 168

# (first day, last day, weight): when the guidance before the article happened.
GUIDANCE_MONTHS = (
    (date(2025, 1, 6), date(2025, 1, 31), 3),
    (date(2025, 2, 3), date(2025, 2, 28), 4),
    (date(2025, 3, 1), date(2025, 3, 31), 5),
    (date(2025, 4, 1), date(2025, 4, 30), 6),
    (date(2025, 5, 1), date(2025, 5, 31), 8),
    (date(2025, 6, 1), date(2025, 6, 30), 9),
    (date(2025, 7, 1), date(2025, 7, 31), 12),
    (date(2025, 8, 1), date(2025, 8, 31), 16),
    (date(2025, 9, 1), date(2025, 9, 30), 18),
    (date(2025, 10, 1), date(2025, 10, 31), 19),
)
VISIT_MONTHS = (
    (TEAMS_BEGIN_ON, date(2025, 7, 31), 13),
    (date(2025, 8, 1), date(2025, 8, 31), 28),
    (date(2025, 9, 1), date(2025, 9, 30), 30),
    (date(2025, 10, 1), date(2025, 10, 31), 29),
)
COMMUNICATIONS_BY_MONTH = (1, 2, 2, 3, 3, 4, 5, 6, 6, 7)
SESSION_DAYS = (
    date(2025, 3, 18),
    date(2025, 4, 22),
    date(2025, 5, 27),
    date(2025, 7, 24),
    date(2025, 8, 19),
    date(2025, 9, 12),
    date(2025, 10, 3),
    date(2025, 10, 24),
)

# Villages by their number. Two fell silent before the article; other two are silent now.
VI, KHI = 1, 2
SILENT_AT_THE_ARTICLE = (17, 31)
SILENT_NOW = (26, 39)
SILENT_FROM, SILENT_UNTIL = date(2025, 9, 21), date(2025, 12, 31)
SILENT_DAYS = 45
SLOW = (9, 22, 28, 35, 41)
WITHOUT_SIGNAL = (9, 28, 35, 43)
WITHOUT_A_LEADER = 22
LEADER_LEFT_ON = date(2025, 9, 30)
HANDED_TO = (VI, KHI, 5, 8, 14, 22)
RESIDENTIAL_AREAS = (3, 12, 40)
ONE_BUSY_DAY = date(2025, 9, 27)

SURNAMES = {
    "Thái": ("Lò", "Lường", "Hoàng", "Tòng", "Lù", "Cà", "Quàng", "Vì", "Điêu", "Hà"),
    "Mông": ("Vàng", "Giàng", "Sùng", "Thào", "Mùa", "Cứ", "Hảng", "Lý"),
    "Khơ Mú": ("Quàng", "Lò", "Lường", "Cút", "Moong"),
    "Kinh": ("Nguyễn", "Trần", "Lê", "Phạm", "Bùi"),
    "Dao": ("Tẩn", "Chẻo", "Phàn", "Lý"),
}
# Hills, weather, crops and crafts: given names that no list of citizens would suggest.
GIVEN_NAMES = (
    "Suối", "Nương", "Sương", "Mây", "Nắng", "Gió", "Đồi", "Rừng", "Thác", "Lúa",
    "Nếp", "Ngô", "Chàm", "Khèn", "Sáo", "Trăng", "Sao", "Hạt", "Lá", "Mưa",
    "Tre", "Trúc", "Thông", "Mận", "Đào", "Ban", "Chiêng", "Nón", "Gùi", "Thổ",
    "Bếp", "Ruộng", "Cầu", "Đèo", "Bậc", "Khe", "Ghềnh", "Bông", "Tơ", "Chỉ",
)  # fmt: skip
LANGUAGES = {"Thái": "thai", "Mông": "hmong", "Khơ Mú": "khmu", "Dao": "dao", "Kinh": "vi"}
