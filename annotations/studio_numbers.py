"""Numbers of studio projects, tasks, annotations and drafts that are told apart though several Studios give the same.

Each Studio counts from 1. The workbench keeps one number for all of them, from which follow the Studio and the number by
which that Studio itself knows the thing (its upstream number). Those of the first Studio are the same.
"""

FIRST_STUDIO = 1
NUMBERS_A_STUDIO = 10**12
"""More than any Studio ever gives, and round, so that a person reads 2000000000017 as number 17 of the third Studio."""


def number_among_all(upstream: int, *, studio: int) -> int:
    """The workbench's number of something that a Studio knows by a number of its own.

    >>> number_among_all(17, studio=1), number_among_all(17, studio=3)
    (17, 2000000000017)
    """
    return (studio - FIRST_STUDIO) * NUMBERS_A_STUDIO + upstream


def studio_of(number: int) -> int:
    """The Studio in which something is.

    >>> studio_of(17), studio_of(2_000_000_000_017)
    (1, 3)
    """
    return number // NUMBERS_A_STUDIO + FIRST_STUDIO


def upstream_number(number: int) -> int:
    """The number by which the Studio itself knows it.

    >>> upstream_number(2_000_000_000_017)
    17
    """
    return number % NUMBERS_A_STUDIO


def prefix_of(studio: int) -> str:
    """The first part of the paths below which browsers reach a Studio.

    >>> prefix_of(1), prefix_of(3)
    ('studio', 'studio-3')
    """
    return "studio" if studio == FIRST_STUDIO else f"studio-{studio}"


def name_studio(studio: int) -> str:
    """What people and logs call a Studio.

    >>> name_studio(1), name_studio(3)
    ('Label Studio', 'Label Studio 3')
    """
    return "Label Studio" if studio == FIRST_STUDIO else f"Label Studio {studio}"


def name_setting(studio: int, what: str) -> str:
    """The setting that says something of a Studio.

    >>> name_setting(1, "TOKEN"), name_setting(3, "TOKEN")
    ('STUDIO_TOKEN', 'STUDIO_3_TOKEN')
    """
    return f"STUDIO_{what}" if studio == FIRST_STUDIO else f"STUDIO_{studio}_{what}"
