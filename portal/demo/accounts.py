"""Accounts of the demonstration: four people can sign in, the leaders' names only sign visits."""

import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from portal.demo import story
from portal.demo.people import person_name
from training.models import StaffMember
from villages.models import Assignment

WORDS = (
    "suoi", "nuong", "suong", "may", "nang", "gio", "doi", "rung", "thac", "lua",
    "nep", "cham", "khen", "sao", "trang", "hat", "mua", "tre", "thong", "man",
    "ban", "chieng", "gui", "bep", "ruong", "deo", "khe", "ghenh", "bong", "vai",
    "chim", "nai", "ong", "voi", "tho", "soc", "kien", "buom", "ca", "cua",
    "dua", "buoi", "chuoi", "mit", "oi", "hong", "dao", "le", "cam", "quyt",
    "muoi", "gung", "rieng", "sa", "hanh", "toi", "tieu", "que", "hoi", "nghe",
    "ghe", "ban-da", "cau-go", "nha-san",
)  # fmt: skip
FILE = "demo-accounts.json"


def accounts_file():
    return settings.VAR_DIR / FILE


def new_password():
    """Return a password that can be read aloud: five words and two digits, about 36 bits."""
    words = [secrets.choice(WORDS) for _word in range(5)]
    return "-".join(words) + f"-{secrets.randbelow(100):02d}"


def make_leaders(rng, commune, places, villages, prefix=""):
    """Make a team leader's account for each village; nobody can sign in with it."""
    for place in places:
        sex = "female" if place.number == story.VI or rng.random() < 0.3 else "male"
        label = {story.VI: "vi", story.KHI: "khi"}.get(place.number, f"{place.number:02d}")
        place.leader = _account(
            f"to-truong-{prefix}{label}",
            full_name=person_name(rng, place.ethnic, sex),
            job_title="Tổ trưởng Tổ công nghệ số cộng đồng",
        )
        place.leader_sex = sex
    Assignment.objects.bulk_create(
        Assignment(
            user=place.leader,
            role="team_leader",
            commune=commune,
            village=village,
            from_on=story.TEAMS_BEGIN_ON,
            to_on=story.LEADER_LEFT_ON if place.number == story.WITHOUT_A_LEADER else None,
        )
        for place, village in zip(places, villages, strict=True)
    )


def make_official(rng, commune, prefix=""):
    """Make the account under which the commune's own encounters were written down."""
    user = _account(
        f"can-bo{prefix}",
        full_name=person_name(rng, "Thái", "female"),
        job_title="Công chức Phòng Văn hóa - Xã hội",
    )
    _assign(user, "official", commune)
    return user


def open_the_doors(rng, commune, *, leader, official, school, member):
    """Give one account of each role a password of this machine and write them down.

    ``school`` is an account of a school, ``member`` a member of staff who gets one.

    An account that has a password keeps it, and so does the file: a password is made only
    where there is none.
    """
    reader = _account(
        "lanh-dao", full_name=person_name(rng, "Thái", "male"), job_title="Phó Chủ tịch UBND xã"
    )
    admin = _account(
        "quan-tri",
        full_name=person_name(rng, "Kinh", "male"),
        job_title="Quản trị hệ thống",
        is_staff=True,
        is_superuser=True,
    )
    learner = _account("hoc-vien", full_name=member.full_name, job_title=member.position)
    StaffMember.objects.filter(pk=member.pk).update(user=learner)
    _assign(learner, "staff", commune)
    _assign(reader, "reader", commune)
    _assign(admin, "admin", commune)
    known = _written_down()
    accounts = {}
    for role, user in {
        "team_leader": leader,
        "official": official,
        "reader": reader,
        "admin": admin,
        "school": school,
        "staff": learner,
    }.items():
        account = known.get(role) or {}
        if not user.has_usable_password():
            if account.get("username") != user.username or not account.get("password"):
                account = {"username": user.username, "password": new_password()}
            user.set_password(account["password"])
            user.save(update_fields=["password"])
        if account:
            accounts[role] = account
    if accounts != known:
        _write_down(accounts)


def _account(username, **attributes):
    """Return the account of this name, made without a password if it is missing."""
    user, _created = get_user_model().objects.get_or_create(
        username=username, defaults=attributes | {"password": make_password(None)}
    )
    return user


def _assign(user, role, commune):
    Assignment.objects.create(user=user, role=role, commune=commune, from_on=story.STORY_BEGINS_ON)


def _written_down():
    try:
        return json.loads(accounts_file().read_text())
    except (FileNotFoundError, ValueError):
        return {}


def _write_down(accounts):
    """Write the accounts file at once and whole, readable by its owner alone."""
    path = accounts_file()
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=FILE)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(accounts, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(0o600)
        Path(unfinished).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(unfinished).unlink()
        raise
