"""The columns of the list of households: one row for each resident."""

from django import forms
from django.utils.translation import gettext_lazy as _

from households.forms.household import HouseholdEditForm
from households.forms.resident import ResidentForm
from households.forms.visit import VisitForm
from households.import_kinds.household_rows import BORN, HEAD_NAME
from households.models import Household, Residency
from villages.form_fields import DayField
from villages.import_kinds.columns import (
    FAMILY_NAMES,
    choice_column,
    phone_column,
    sex_column,
    yes_no_column,
)
from villages.import_kinds.finding_villages import village_column
from villages.importing.kinds import Column

PEOPLE, HOUSEHOLDS = ResidentForm.base_fields, HouseholdEditForm.base_fields
VISITS = VisitForm.base_fields
ONCE = _("Once for each household is enough; empty leaves what is known.")
YES_NO = {True: "yes", False: "no"}

POVERTY = {
    "poor": ("hộ nghèo", "nghèo", "hn"),
    "near_poor": ("hộ cận nghèo", "cận nghèo", "hcn"),
    "not_poor": ("không nghèo", "không", "trung bình", "khá", "hộ thoát nghèo", "bình thường"),
}
CONNECTIONS = {
    "mobile": ("4G", "3G", "5G", "di động", "dữ liệu di động", "mạng di động"),
    "wifi": ("wifi", "wi fi", "cáp quang", "internet", "mạng cáp quang"),
    "both": ("cả hai", "4G và wifi", "wifi và 4G", "4G, wifi", "wifi, 4G", "4G + wifi"),
    "none": ("không", "không có", "chưa có", "không có mạng"),
}
# Not «cô»: without its accent that is «có», yes. Two heads of a household are told anyway.
NOT_THE_HEAD = (
    "vợ", "chồng", "con", "con trai", "con gái", "con dâu", "con rể", "con nuôi", "cháu",
    "cháu nội", "cháu ngoại", "bố", "mẹ", "bố mẹ", "bố đẻ", "mẹ đẻ", "bố chồng", "mẹ chồng",
    "bố vợ", "mẹ vợ", "ông", "bà", "anh", "chị", "em", "em trai", "em gái", "chắt", "chú",
    "bác", "dì", "cậu", "thành viên", "khác", "người ở nhờ",
)  # fmt: skip


def household_column(**options):
    """Return the column with the household's number in its village."""
    return Column(
        name="household",
        heading=_("Household number"),
        field=forms.IntegerField(
            min_value=1,
            max_value=99999,
            required=options.pop("required", True),
            error_messages={"required": _("Write the number of the household.")},
        ),
        reads="number",
        synonyms=(
            "Số hộ", "Hộ số", "Hộ", "Mã hộ", "Số thứ tự hộ", "STT hộ", "Số hộ trong bản",
        ),
        **options,
    )  # fmt: skip


def birth_year_column(**options):
    """Return the column with a birth year; of a full date only the year is kept."""
    field = options.pop("field", PEOPLE["birth_year"])
    return Column(
        name="birth_year",
        heading=_("Birth year"),
        field=field,
        reads="year",
        synonyms=("Năm sinh", "NS", "Ngày sinh", "Ngày tháng năm sinh", "Sinh năm", "N.sinh"),
        note=_("The year alone; of a full date only the year is kept."),
        example=options.pop("example", "1961"),
        **options,
    )


def device_column(**options):
    return yes_no_column(
        "smart_device",
        _("Smart device"),
        yes=("có điện thoại thông minh", "smartphone"),
        synonyms=(
            "Thiết bị thông minh", "Điện thoại thông minh", "Có thiết bị thông minh",
            "Có điện thoại thông minh", "Smartphone", "ĐTTM",
        ),
        example="Có",
        **options,
    )  # fmt: skip


def connection_column(**options):
    return choice_column(
        "connection",
        _("Connection"),
        Household.Connection.choices,
        CONNECTIONS,
        field=VISITS["connection"],
        synonyms=("Kết nối", "Internet", "Mạng", "Kết nối Internet", "Loại kết nối"),
        example="4G",
        **options,
    )


def columns():
    """Return the columns of the list, in the order of its template."""
    return [
        village_column(),
        household_column(note=_("The number in the village, from 1."), example="12"),
        yes_no_column(
            "is_head",
            _("Household head"),
            yes=("chủ hộ", "CH"),
            no=NOT_THE_HEAD,
            synonyms=("Chủ hộ", "Là chủ hộ", "Quan hệ với chủ hộ", "Quan hệ", "QH với chủ hộ"),
            note=_("One person of each household. «Quan hệ với chủ hộ» is understood too."),
            example="Có",
        ),
        Column(
            name="full_name",
            heading=_("Full name"),
            field=PEOPLE["full_name"],
            synonyms=(
                "Họ tên", "Họ và tên", "Tên", "Họ, tên", "Họ tên nhân khẩu", "Tên nhân khẩu",
                "Họ và tên thành viên",
            ),
            parts=(FAMILY_NAMES, HEAD_NAME),
            example="Lò Văn Mẫu",
        ),
        birth_year_column(parts=BORN),
        sex_column(),
        Column(
            name="ethnic_group",
            heading=_("Ethnic group"),
            field=PEOPLE["ethnic_group"],
            synonyms=("Dân tộc", "Thành phần dân tộc"),
            note=_("Only if the person agrees. Sensitive personal data."),
            example="Thái",
        ),
        Column(
            name="address",
            heading=_("Where in the village"),
            field=HOUSEHOLDS["address"],
            synonyms=("Địa chỉ", "Chỗ ở", "Nơi ở", "Vị trí", "Địa chỉ trong bản"),
            note=ONCE,
            example="Cạnh nhà văn hóa",
        ),
        phone_column(),
        choice_column(
            "poverty",
            _("Poverty status"),
            Household.Poverty.choices,
            POVERTY,
            field=HOUSEHOLDS["poverty"],
            synonyms=("Diện hộ", "Hộ nghèo", "Loại hộ", "Hộ nghèo, cận nghèo", "Diện nghèo"),
            note=ONCE,
            example="Hộ nghèo",
        ),
        device_column(note=ONCE),
        connection_column(note=ONCE),
        _day(
            "observed_on",
            _("Observed on"),
            ("Ngày khảo sát", "Ngày rà soát", "Khảo sát ngày", "Ngày điều tra"),
            note=_("When device and connection were asked. Empty: the day of the list."),
            example="15/03/2025",
        ),
        _day(
            "since",
            _("Lives here since"),
            ("Ở đây từ", "Ở đây từ ngày", "Từ ngày", "Ngày đến", "Cư trú từ ngày", "Đến từ ngày"),
            note=_("Empty: the day of the list, for somebody new."),
            example="01/01/2025",
        ),
        _day(
            "until",
            _("Lived here until"),
            ("Ở đây đến", "Ở đây đến ngày", "Đến ngày", "Ngày đi", "Ngày mất", "Ngày chuyển đi"),
            note=_("Only for somebody who has moved away or died: the last day here."),
        ),
        choice_column(
            "ended",
            _("Why it ended"),
            [c for c in Residency.Ended.choices if c[0] != Residency.Ended.OTHER_HOUSEHOLD],
            {
                "moved": ("chuyển đi", "chuyển", "đi nơi khác", "chuyển khẩu"),
                "deceased": ("đã mất", "mất", "chết", "qua đời", "từ trần"),
            },
            synonyms=("Lý do", "Lý do rời đi", "Biến động", "Lý do biến động"),
            note=_("Empty: moved away."),
        ),
    ]  # fmt: skip


def _day(name, heading, synonyms, **options):
    field = DayField(past=True, required=False)
    return Column(
        name=name, heading=heading, field=field, reads="day", synonyms=synonyms, **options
    )
