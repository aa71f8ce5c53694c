"""What a browser can measure of a page: axe's rules, text and target sizes, reflow."""

from pathlib import Path

AXE = (Path(__file__).parent / "axe-core-4.14.1" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """async rules => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    const line = (rule, node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 120)}`;
    return {
        passes: found.passes.length,
        violations: found.violations.flatMap(rule => rule.nodes.map(node => line(rule, node))),
    };
}"""

# What is shown as it will lie on paper has the sizes of paper.
SMALL_TEXT = """least => [...document.querySelectorAll("body *")]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest("svg, [data-printed]"))
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => e.getBoundingClientRect().width > 1)
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < least - 0.01)
    .map(e => `${e.className || e.tagName}: ${e.textContent.trim().slice(0, 40)}`)"""

# A link inside a sentence may be as high as its line (WCAG 2.5.8, inline exception), and
# a choice is as large as its label.
SMALL_TARGETS = """least => [...document.querySelectorAll(
        "a, button, select, summary, textarea, input:not([type=hidden])")]
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .filter(e => !e.matches(".skip-link"))
    .filter(e => !(e.matches("a") && getComputedStyle(e).display === "inline"))
    .map(e => e.matches("[type=radio], [type=checkbox]") ? e.closest("label") ?? e : e)
    .filter(e => e.getBoundingClientRect().height < least - 0.5)
    .map(e => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`)"""


def axe_problems(page):
    """Return axe's findings on the page, each as one line; an empty list is a pass."""
    page.evaluate(AXE)
    found = page.evaluate(RUN, RULES)
    assert found["passes"], "axe looked at nothing"
    return found["violations"]


def small_text(page, least=18):
    """Return the visible texts smaller than `least` pixels."""
    return page.evaluate(SMALL_TEXT, least)


def small_targets(page, least=48):
    """Return the buttons, links and fields lower than `least` pixels."""
    return page.evaluate(SMALL_TARGETS, least)


def scrolls_sideways(page):
    """Tell whether the page as a whole is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
