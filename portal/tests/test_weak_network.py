"""The testing ground itself: the weak network fails as told, the phone can be killed."""

import http.client
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def asked(url):
    """The status and body of one request, or None when the connection broke."""
    there = urlsplit(url)
    connection = http.client.HTTPConnection(there.hostname, there.port, timeout=10)
    try:
        connection.request("GET", there.path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.HTTPException, OSError):
        return None
    finally:
        connection.close()


KEEP = """value => new Promise((resolve, reject) => {
  const opening = indexedDB.open("kept", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const work = opening.result.transaction("kept", "readwrite", { durability: "strict" });
    const store = work.objectStore("kept");
    if (value) store.put(value, 1);
    const found = store.get(1);
    work.oncomplete = () => resolve(found.result);
  };
})"""


def test_it_works(weak_network):
    address = f"{weak_network.url}/sign-in/"
    assert asked(address)[0] == 200
    weak_network.condition = "away"
    assert asked(address) is None
    weak_network.condition = "captive"
    assert b"WiFi" in asked(address)[1]
    weak_network.condition = "weak"
    answers = [asked(address) for _ in range(60)]
    lost = answers.count(None)
    assert 0 < lost < 40
    assert all(weak_network.happened[fate] for fate in ("lost", "reply_lost", "twice"))


def test_a_killed_phone_keeps_what_was_on_disk(weak_network, own_phone):
    phone = own_phone(weak_network.url)
    page = phone.open()
    page.goto("/sign-in/")
    page.evaluate(KEEP, "yes")
    phone.kill()
    page = phone.open()
    page.goto("/sign-in/")
    assert page.evaluate(KEEP, None) == "yes"
