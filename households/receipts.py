"""What a phone is told about what the commune has received."""


def receipt_of(visit):
    """Return what a phone needs to tell its owner that the commune has the visit."""
    return {
        "uuid": str(visit.uuid),
        "receipt_number": visit.receipt,
        "received_at": visit.received_at.isoformat(),
        "version": visit.version,
        "voided": visit.voided_at is not None,
    }


def receipt_of_household(household):
    """Return what a phone needs to tell its owner that the commune has the household."""
    return {
        "uuid": str(household.uuid),
        "number": household.number,
        "label": household.label,
        "received_at": (household.content or {}).get("received_at"),
    }
