"""The texts that scripts show, by the names under which they ask for them."""

from django.utils.translation import gettext, ngettext

from ..http.preferences import Theme


def theme_names() -> dict[str, str]:
    """Return the names of the colour themes."""
    return {Theme.SYSTEM: gettext("system"), Theme.LIGHT: gettext("light"), Theme.DARK: gettext("dark")}


def texts_of_scripts() -> dict[str, str]:
    """Return the texts, with placeholders as `%(name)s`."""
    # "%s" is Django's, so that its translations of sizes apply.
    sizes = ("%s KB", "%s MB", "%s GB", "%s TB", "%s PB")
    return {
        **theme_names(),
        "colours": gettext("Colours: %(theme)s"),
        "changeColours": gettext("Colours: %(theme)s. Change colours."),
        "day": ngettext("%d day", "%d days", 1).replace("%d", "%(number)s"),
        "days": ngettext("%d day", "%d days", 2).replace("%d", "%(number)s"),
        "hours": gettext("%d h").replace("%d", "%(number)s"),
        "minutes": gettext("%d min").replace("%d", "%(number)s"),
        "seconds": gettext("%d s").replace("%d", "%(number)s"),
        "definitionsShown": gettext("Definitions are shown."),
        "definitionsHidden": gettext("Definitions are hidden."),
        "copy": gettext("Copy"),
        "isCopied": gettext("Copied."),
        "isSelected": gettext("Selected: press Ctrl+C or ⌘C to copy it."),
        "copied": gettext("Copied"),
        "linkCopied": gettext("Link copied."),
        "tryAgain": gettext("Try again"),
        "unreachable": gettext("The server cannot be reached. The page and your selection are unchanged."),
        "noAccess": gettext("You no longer have access. Reload the page."),
        "busy": gettext("The server is busy. Try again in %(seconds)s s; the page is unchanged."),
        "failed": gettext("The server reported an error (%(status)s). The page is unchanged."),
        "zoomedIn": gettext("Zoomed in. Double-click or press Backspace to go back."),
        "zoomedOut": gettext("Zoomed out."),
        "bytes": ngettext("%(size)d byte", "%(size)d bytes", 2).replace("%(size)d", "%(number)s"),
        **{size[3:]: gettext(size).replace("%s", "%(number)s") for size in sizes},
        "withExtremes": gettext("%(value)s (%(least)s to %(greatest)s)"),
        "quarter": gettext("Q%(quarter)d %(year)d").replace(")d", ")s"),
        "week": gettext("Week of %(day)s"),
        "selectedFrom": gettext("%(values)s, selected from %(time)s"),
        "chartKeys": gettext(
            "%(title)s. Arrow keys move, Shift with arrow keys selects, Enter zooms, Backspace goes back, S opens the snapshot."
        ),
    }
