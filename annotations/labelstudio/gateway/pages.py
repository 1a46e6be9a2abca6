"""Label Studio's page, dressed as ours: a slim bar, our stylesheet, a title, and a policy for its scripts."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, json_script
from django.utils.safestring import mark_safe

from annotations.labelstudio.gateway.disguise import hide_accounts_in_page
from annotations.labelstudio.gateway.guidance import describe_scheme
from annotations.models import Assignment, Participant, RoundSuggestions, SchemePreview
from annotations.projects.wording import find_unread, find_wording
from annotations.schemes.guidelines import render_markdown, write_label_colors
from annotations.schemes.scheme import Scheme
from annotations.studio_numbers import prefix_of, studio_of, upstream_number


def write_policy(studio: int) -> str:
    """The policy of a Studio's pages: their scripts may speak to the gateway alone, so they cannot call our API in the annotator's name."""
    return "; ".join(
        (
            "default-src 'none'",
            # Label Studio writes inline scripts and styles and compiles some of its code in the browser.
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            f"connect-src {settings.PUBLIC_URL}/{prefix_of(studio)}/",
            "manifest-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ),
    )


SCRIPTS = (
    "labelstudio/studio.js",
    "labelstudio/snapping.js",
    "labelstudio/studio-editor.js",
    "labelstudio/studio-spans.js",
    "labelstudio/studio-words.js",
    "labelstudio/studio-missing.js",
    "labelstudio/studio-suggestions.js",
    "labelstudio/studio-guide.js",
    "labelstudio/studio-bar.js",
    "annotations/guideline-search.js",
)
"""In the order in which they run, before Label Studio's own; the editor itself is known to one of them alone."""


def adapt_page(html: str, *, participant: Participant, assignment: Assignment | None) -> str:
    """Hide Label Studio's account in its page and put our bar, style and script into it."""
    project = participant.round.project
    scheme = find_wording(project, participant.round.scheme)
    context = {
        **_name_places(participant.studio_project_id, assignment.studio_task_id if assignment else None),
        "round": participant.round,
        "project": project,
        "assignment": assignment,
        "has_suggestions": RoundSuggestions.objects.filter(round=participant.round_id).exists(),
        "corrections": find_unread([participant]),
    }
    return _dress(html, title=f"Annotate · {project}", scheme=scheme, context=context)


def adapt_preview(html: str, *, preview: SchemePreview) -> str:
    """Dress the page of the Studio for a preview of a draft, which says that nothing is kept and follows the draft."""
    context = {
        **_name_places(preview.studio_project_id, None),
        "project": preview.project,
        "preview": preview,
    }
    return _dress(
        html,
        title=f"Preview · {preview.project}",
        scheme=preview.definition,
        context=context,
        more=("labelstudio/studio-preview.js",),
    )


def _name_places(project: int | None, task: int | None) -> dict[str, Any]:
    """Where the page's scripts ask, and about what, by the numbers that the Studio itself knows."""
    return {
        "prefix": prefix_of(studio_of(project or 0)),
        "studio_project": upstream_number(project or 0),
        "studio_task": upstream_number(task) if task else None,
    }


def _dress(
    html: str, *, title: str, scheme: Scheme, context: dict[str, Any], more: tuple[str, ...] = ()
) -> str:
    introduction = mark_safe(render_markdown(scheme.guidelines))  # noqa: S308 - the renderer escapes HTML
    head = (
        f'<link rel="stylesheet" href="{static("annotations/tokens.css")}">'
        f'<link rel="stylesheet" href="{static("annotations/drawn.css")}">'
        f'<link rel="stylesheet" href="{static("labelstudio/studio.css")}">'
        f'<link rel="stylesheet" href="{static("labelstudio/studio-bar.css")}">'
        f'<link rel="stylesheet" href="{static("labelstudio/studio-spans.css")}">'
        f'<link rel="stylesheet" href="{static("labelstudio/studio-guidelines.css")}">'
        f'<link rel="stylesheet" href="{static("labelstudio/studio-suggestions.css")}">'
        f"<style>{write_label_colors(scheme)}</style>"
        + json_script(describe_scheme(scheme), "workbench-scheme")
        + "".join(f'<script src="{static(script)}"></script>' for script in (*SCRIPTS, *more))
        + "</head>"
    )
    bar = render_to_string(
        "labelstudio/bar.html", {**context, "scheme": scheme, "introduction": introduction}
    )
    return (
        hide_accounts_in_page(html)
        .replace(' href="/static/', f' href="/{context["prefix"]}/static/')
        .replace("<title>Label Studio</title>", f"<title>{escape(title)}</title>", 1)
        .replace("</head>", head, 1)
        .replace("<body>", f"<body>{bar}", 1)
    )
