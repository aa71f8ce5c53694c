"""A leader's phone for browser tests that use its modules directly, without the screens."""

# Opens a function in the page that may import the phone's modules: close it with «}».
OPENED = """async (entry) => {
    const at = (name) => import(`/static/js/field/${name}.js`);
"""


class FieldPhone:
    """The modules of the phone in one tab; ``user`` is whose outbox and vault it uses."""

    def __init__(self, page, user, address="/offline/"):
        self.page = page
        self.user = str(user.pk)
        self.address = address
        page.goto(address)
        # All at once: later the network may be away.
        page.evaluate(
            "names => Promise.all(names.map(name => import(`/static/js/field/${name}.js`)))"
            ".then(() => null)",
            ["text", "store", "vault", "seal", "api", "queue", "outbox"],
        )

    def prepare(self, pin):
        """Give this person a vault and make the phone known to the server."""
        return self.page.evaluate(
            OPENED
            + """
            const [api, vault] = [await at("api"), await at("vault")];
            await api.hello();
            await vault.prepare(entry.user, entry.pin);
            return api.register(await vault.registration(entry.user), {user: entry.user});
        }""",
            {"user": self.user, "pin": pin},
        )

    def module(self, name, function, *arguments):
        """Call a function of a module in the page and return what it resolves to."""
        return self.page.evaluate(
            "async ([name, call, given]) =>"
            " (await import(`/static/js/field/${name}.js`))[call](...given)",
            [name, function, list(arguments)],
        )

    def outbox(self, function, *arguments):
        return self.module("outbox", function, *arguments)

    def add(self, body, *, kind="visit", title="", after=()):
        entry = {"user": self.user, "kind": kind, "body": body, "title": title}
        return self.outbox("add", {**entry, "after": list(after)})

    def let_go(self):
        """As if the ten seconds for taking back were over for everything that waits."""
        self.page.evaluate(
            OPENED
            + """
            const {write} = await at("store");
            await write("outbox", async ({store}) => {
              for (const one of await store.getAll()) await store.put({...one, hold_until: 0});
            });
        }"""
        )

    def change(self, uuid, changes):
        self.module("queue", "change", uuid, changes)

    def send(self, **options):
        return self.outbox("send", options)

    def waiting(self):
        return self.outbox("waiting")

    def entry(self, uuid):
        return self.outbox("get", uuid)

    def now(self):
        """What the phone's clock says, in milliseconds."""
        return self.page.evaluate("Date.now()")

    def another_tab(self):
        return type(self)(self.page.context.new_page(), _User(self.user), self.address)


class _User:
    def __init__(self, pk):
        self.pk = pk
