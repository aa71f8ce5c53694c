"""The columns of the list of guidance: one row for each person met."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.fields import NameField
from households.forms.new_person import BirthYearField
from households.forms.visit import EARLIEST_DAYS, VisitForm
from households.import_kinds.household_columns import (
    birth_year_column,
    connection_column,
    device_column,
    household_column,
)
from households.models import Encounter, Skill, SkillCheck
from villages.form_fields import DayField, LineField
from villages.import_kinds.columns import FAMILY_NAMES, choice_column, yes_no_column
from villages.import_kinds.finding_villages import village_column
from villages.importing.kinds import Column
from villages.periods import today

FIELDS = VisitForm.base_fields
SKILL = "skill-"
ONCE = _("Once for each encounter is enough.")
OUTCOMES = {
    "alone": ("T", "1", "tự làm được", "tự làm", "làm được", "thành thạo", "A"),
    "with_help": ("G", "2", "cần giúp", "cần hỗ trợ", "làm được khi có người giúp", "H"),
    "not_yet": ("C", "3", "chưa làm được", "chưa", "chưa biết", "không làm được", "N"),
}
OCCASIONS = {
    "home_visit": ("tại nhà", "tại hộ", "đến nhà", "đi từng nhà", "hộ gia đình", "thăm hộ"),
    "gathering": ("nhà văn hóa", "tại nhà văn hóa", "hội trường bản", "họp bản", "tập trung"),
    "service_centre": (
        "trung tâm phục vụ hành chính công", "TTPVHCC", "tại trung tâm", "bộ phận một cửa",
        "trụ sở", "tại trụ sở", "UBND xã", "đảng ủy xã",
    ),
    "online": ("trực tuyến", "qua điện thoại", "zalo", "qua zalo", "gọi điện"),
}  # fmt: skip
OFFICES = {
    "service_centre": ("trung tâm phục vụ hành chính công", "TTPVHCC", "một cửa", "TTHCC"),
    "peoples_committee": ("UBND xã", "ủy ban nhân dân", "văn phòng UBND", "trụ sở UBND"),
    "party_committee": ("đảng ủy", "đảng ủy xã", "văn phòng đảng ủy", "trụ sở đảng ủy"),
}
DIFFICULTIES = {
    "no_signal": ("không có sóng", "không sóng", "sóng yếu"),
    "no_electricity": ("không có điện", "chưa có điện", "mất điện"),
    "no_smart_device": ("không có điện thoại thông minh", "chưa có thiết bị", "không có thiết bị"),
    "away": ("vắng nhà", "đi vắng", "không có nhà", "không ai ở nhà", "vắng"),
    "not_willing": ("không muốn", "từ chối", "không hợp tác"),
    "language": ("ngôn ngữ", "không biết tiếng phổ thông", "bất đồng ngôn ngữ"),
}
LANGUAGES = {
    "vi": ("tiếng việt", "phổ thông", "tiếng phổ thông", "kinh"),
    "thai": ("thái", "tiếng thái"),
    "hmong": ("mông", "tiếng mông", "h'mông", "hmông"),
    "khmu": ("khơ mú", "tiếng khơ mú"),
    "dao": ("dao", "tiếng dao"),
}


class PeriodForm(forms.Form):
    """Since when the list has encounters: an earlier day in it is taken for a mistake."""

    use_required_attribute = False

    first_on = DayField(
        label=_("The list begins on"),
        past=True,
        initial=lambda: today() - timedelta(days=EARLIEST_DAYS),
        help_text=_("A row with an earlier day is refused: most often its year is mistyped."),
    )

    def __init__(self, *args, user, commune, **options):
        super().__init__(*args, **options)
        self.fields["first_on"].widget.attrs["max"] = today().isoformat()

    def as_options(self):
        return {"first_on": self.cleaned_data["first_on"].isoformat()}


def first_day(request):
    """Return the first day a list may name: what the form on screen allows, unless said."""
    said = request.options.get("first_on")
    return date.fromisoformat(said) if said else today() - timedelta(days=EARLIEST_DAYS)


def skill_column(skill):
    """Return the column of one skill, under its Vietnamese name."""
    return choice_column(
        SKILL + skill.code,
        skill.name,
        SkillCheck.Outcome.choices,
        OUTCOMES,
        synonyms=tuple(filter(None, (skill.name_en, skill.code))),
        note=_("T (does it alone), G (with help) or C (not yet); empty: not asked."),
        example="T",
    )


def columns():
    """Return the columns of the list, in the order of its template."""
    return [
        Column(
            name="key",
            heading=_("Encounter code"),
            field=LineField(max_length=60, required=False),
            reads="code",
            synonyms=("Mã lượt", "Mã lượt hướng dẫn", "Lượt", "Số phiếu", "Mã phiếu", "Mã"),
            note=_(
                "The same for all people of one encounter. Empty: one encounter for each day, "
                "occasion and household (or village, for a gathering)."
            ),
            example="P-001",
        ),
        Column(
            name="visited_on",
            heading=_("Date"),
            field=FIELDS["visited_on"],
            reads="day",
            synonyms=("Ngày", "Ngày hướng dẫn", "Ngày thực hiện", "Thời gian", "Ngày đến"),
            example="12/09/2025",
        ),
        choice_column(
            "occasion",
            _("Where it was"),
            FIELDS["occasion"].choices,
            OCCASIONS,
            required=True,
            field=FIELDS["occasion"],
            synonyms=("Ở đâu", "Nơi hướng dẫn", "Hình thức", "Hình thức hướng dẫn", "Dịp", "Nơi"),
            example="Tại nhà",
        ),
        choice_column(
            "office",
            _("Office"),
            Encounter.Office.choices,
            OFFICES,
            synonyms=("Trụ sở", "Nơi tiếp", "Cơ quan", "Quầy", "Tại cơ quan"),
            note=_("Only for guidance at an office of the commune."),
        ),
        village_column(
            required=False, note=_("Its name or number. Needed but at an office or online.")
        ),
        household_column(
            required=False, note=_("Needed for a visit at home; otherwise if known."), example="12"
        ),
        Column(
            name="full_name",
            heading=_("Full name"),
            field=NameField(required=False),
            synonyms=("Họ tên", "Họ và tên", "Tên", "Người được hướng dẫn", "Họ tên người dân"),
            parts=(FAMILY_NAMES,),
            note=_("As in the list of the household. Empty: nobody was met, or without a name."),
            example="Lường Thị Mẫu",
        ),
        birth_year_column(field=BirthYearField(required=False), example="1964"),
        Column(
            name="unnamed_people",
            heading=_("People without a name"),
            field=FIELDS["unnamed_people"],
            reads="number",
            synonyms=("Số người không ghi tên", "Số lượt khác", "Người khác", "Không ghi tên"),
            note=_("How many others were guided. Once for each encounter."),
        ),
        Column(
            name="guided_by",
            heading=_("Guided by"),
            field=NameField(required=False, max_length=160),
            synonyms=(
                "Người hướng dẫn", "Thành viên hướng dẫn", "Cán bộ hướng dẫn", "Tổ viên",
                "Thành viên tổ",
            ),
            note=_("A member of the village's team on that day. Empty: whoever brings the list."),
        ),
        *(skill_column(skill) for skill in Skill.objects.all()),
        yes_no_column(
            "confirmed",
            _("Confirmation on VNeID seen"),
            synonyms=(
                "Đã xác nhận trên VNeID", "Xác nhận VNeID", "Đã xem xác nhận VNeID", "VNeID đã xem",
            ),
            note=_("Only if somebody saw it. Never a password, a code or a number."),
        ),
        device_column(note=ONCE),
        connection_column(note=ONCE),
        choice_column(
            "difficulty", _("Difficulty"), Encounter.Difficulty.choices, DIFFICULTIES,
            field=FIELDS["difficulty"], synonyms=("Khó khăn", "Vướng mắc", "Lý do"), note=ONCE,
        ),
        choice_column(
            "language", _("Language used"), Encounter.Language.choices, LANGUAGES,
            field=FIELDS["language"], synonyms=("Ngôn ngữ", "Tiếng", "Tiếng sử dụng"), note=ONCE,
        ),
        Column(
            name="return_on",
            heading=_("Come back on"),
            field=FIELDS["return_on"],
            reads="day",
            synonyms=("Hẹn lại", "Ngày hẹn lại", "Hẹn quay lại", "Quay lại ngày"),
            note=ONCE,
        ),
        Column(
            name="note",
            heading=_("Note"),
            field=FIELDS["note"],
            synonyms=("Ghi chú", "Nội dung", "Nhận xét"),
        ),
    ]  # fmt: skip
