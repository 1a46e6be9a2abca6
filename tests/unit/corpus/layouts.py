"""Pages and files as publishers lay them out, each with the blocks that a reader of it sees: what the rules for blocks are measured by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tests.unit.formats.foreign_files import Printed, make_docx, make_pdf

Part = tuple[str, str]
"""The kind of a block, and its words."""

TITLE = ("title", "Harbour towns agree on a common plan for the winter ferries")
BYLINE = ("byline", "By Mira Holt, 4 March 2026")
LEAD = (
    "paragraph",
    (
        "Five towns on the northern coast agreed on Tuesday to run the winter ferries together, after three years in which each had "
        "kept boats of its own that sailed half empty through the dark months."
    ),
)
SECOND = (
    "paragraph",
    (
        "The plan, which the councils still have to approve, would put two ships on one timetable and close the smallest of the "
        "landings from November to the end of February, when fewer than ten people a day use it."
    ),
)
HEADING = ("heading", "What changes for passengers")
THIRD = (
    "paragraph",
    (
        "Commuters would have a boat every ninety minutes instead of every two hours, but those who live near the closed landing "
        "would have to take a bus along the shore road, which is often under snow."
    ),
)
QUOTE = (
    "quote",
    "Nobody gets the timetable they wanted, and that is why I believe that it may last longer than the others did.",
)
CAPTION = ("caption", "The ferry Alma at the old landing in January. Photo: Jon Reyes")
FOURTH = (
    "paragraph",
    (
        "Fishermen had warned that the larger ships would damage the breakwater; an engineer whom the towns had hired found cracks "
        "that are older than any ferry, and advised to mend them before the first storms."
    ),
)
SECOND_HEADING = ("heading", "Who pays for it")
ITEMS = (
    ("list_item", "The three larger towns pay for the fuel and the crews of both ships."),
    ("list_item", "The two smaller ones keep the landings free of ice and lit at night."),
    ("list_item", "The county lends the money for the repair of the breakwater."),
)
LAST = (
    "paragraph",
    (
        "If all councils agree by the end of May, the first common ferry leaves on the second of November at six in the morning, "
        "and the old boats are put up for sale."
    ),
)
BIOGRAPHY = ("biography", "Mira Holt is a reporter who writes about the coast and the people who live on it.")
ALL = (TITLE, BYLINE, LEAD, SECOND, HEADING, THIRD, QUOTE, FOURTH, SECOND_HEADING, *ITEMS, LAST)
PLAIN = (TITLE, LEAD, SECOND, HEADING, THIRD, FOURTH, SECOND_HEADING, LAST)
RUSSIAN = (
    ("title", "Города побережья договорились о зимних паромах"),
    ("paragraph", "Пять городов северного побережья договорились во вторник о том, что зимой паромы будут ходить по одному расписанию, хотя прежде каждый город держал свои полупустые суда."),
    ("paragraph", "Советы городов ещё должны одобрить план, по которому самый маленький причал закроют с ноября по февраль, потому что им пользуется меньше десяти человек в день."),
    ("heading", "Кто за это платит"),
    ("paragraph", "Три больших города оплатят топливо и команды, два маленьких будут чистить причалы ото льда, а округ даст денег на починку старого волнолома."),
)  # fmt: skip
ARABIC = (
    ("title", "مدن الساحل تتفق على خطة مشتركة لعبّارات الشتاء"),
    ("paragraph", "اتفقت خمس مدن على الساحل الشمالي يوم الثلاثاء على تشغيل عبّارات الشتاء معا بعد ثلاث سنوات كانت فيها كل مدينة تسيّر سفنها الخاصة شبه فارغة."),
    ("paragraph", "ولا تزال المجالس مطالبة بالموافقة على الخطة التي تغلق أصغر المراسي من نوفمبر حتى نهاية فبراير حين يستخدمه أقل من عشرة أشخاص في اليوم."),
    ("heading", "من يدفع الثمن"),
    ("paragraph", "تدفع المدن الثلاث الكبرى ثمن الوقود وأجور الطواقم بينما تبقي المدينتان الصغيرتان المراسي خالية من الجليد وتقرض المحافظة المال لإصلاح الحاجز."),
)  # fmt: skip
CHINESE = (
    ("title", "沿海城镇就冬季渡轮达成共同计划"),
    ("paragraph", "北部海岸的五个城镇周二同意共同经营冬季渡轮。过去三年里，每个城镇都保留自己的船只，在黑暗的月份里常常只坐了一半的乘客。"),
    ("paragraph", "这项计划还需要各地议会批准。根据计划，两艘船将按照同一张时刻表航行，而最小的码头从十一月到二月底关闭，因为每天使用它的人不到十个。"),
    ("heading", "谁来付钱"),
    ("paragraph", "三个较大的城镇支付燃料和船员的费用，两个较小的城镇负责清除码头上的冰，县政府则借钱修复旧的防波堤。"),
)  # fmt: skip
GERMAN = (
    ("title", "Küstenstädte einigen sich über die Winterfähren"),
    ("paragraph", "Fünf Städte an der nördlichen Küste haben sich am Dienstag darauf geeinigt, die Fähren im Winter gemeinsam zu betreiben, nachdem drei Jahre lang jede ihre eigenen, halb leeren Schiffe fahren ließ."),
    ("paragraph", "Der Plan, dem die Räte noch zustimmen müssen, sieht zwei Schiffe und einen Fahrplan vor; der kleinste Anleger schließt von November bis Februar, weil ihn täglich weniger als zehn Leute nutzen."),
    ("heading", "Wer dafür zahlt"),
    ("paragraph", "Die drei größeren Städte zahlen Treibstoff und Besatzung, die zwei kleineren halten die Anleger eisfrei, und der Kreis leiht das Geld für die Mole."),
)  # fmt: skip

NAV = '<nav><ul><li><a href="/">Home</a></li><li><a href="/coast">Coast</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
SHARE = '<div class="share-buttons"><a href="#">Share on Facebook</a> <a href="#">Tweet</a> <a href="#">Email</a></div>'
RELATED = (
    '<div class="related-posts"><h3>Related articles</h3><ul><li><a href="/1">Snow closes the shore road again</a></li>'
    '<li><a href="/2">Old breakwater to be inspected</a></li><li><a href="/3">Ten photographs of the harbour</a></li></ul></div>'
)
FOOTER = '<footer><p>© 2026 The Coast Herald. All rights reserved.</p><p><a href="/imprint">Imprint</a> <a href="/privacy">Privacy policy</a></p></footer>'
COOKIES = '<div id="cookie-banner"><p>We use cookies to make this site better. By staying here you accept them.</p><button>Accept all</button></div>'
NEWSLETTER = '<form class="newsletter"><h4>Sign up for our newsletter</h4><p>Get the news from the coast every morning.</p><input type="email"><button>Subscribe</button></form>'
COMMENTS = (
    '<section id="comments"><h3>3 Comments</h3><div class="comment"><p>Who asked the people at the small landing? Nobody!</p></div>'
    '<div class="comment"><p>Finally some good news about the boats, my mother will be glad.</p></div>'
    '<div class="comment"><p>First!</p></div><p>Leave a comment</p></section>'
)


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A file as it is laid out, and the blocks of its article in order."""

    suffix: str
    content: bytes
    blocks: Sequence[Part]


def page(body: str, *, title: str = TITLE[1], language: str = "en", head: str = "") -> bytes:
    """A whole page around a body."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)} - The Coast Herald</title>'
        f"{head}</head><body>{body}</body></html>"
    ).encode()


TAGS: Mapping[str, str] = {
    "title": "<h1>{}</h1>",
    "byline": '<p class="byline">{}</p>',
    "paragraph": "<p>{}</p>",
    "heading": "<h2>{}</h2>",
    "quote": "<blockquote><p>{}</p></blockquote>",
    "caption": '<figure><img src="a.jpg" alt=""><figcaption>{}</figcaption></figure>',
    "list_item": "<li>{}</li>",
    "biography": '<div class="author-bio"><p>{}</p></div>',
}


def tag(parts: Sequence[Part], tags: Mapping[str, str] = TAGS, *, between: str = "") -> str:
    """Parts as elements, list items within a list."""
    written = []
    for place, (kind, text) in enumerate(parts):
        one = tags.get(kind, TAGS[kind]).format(escape(text, quote=False))
        if kind == "list_item" and "<li" in one:
            one = ("<ul>" if parts[place - 1][0] != kind else "") + one
            one += "</ul>" if place + 1 == len(parts) or parts[place + 1][0] != kind else ""
        written.append(one)
    return between.join(written)


def without(*kinds: str, parts: Sequence[Part] = ALL) -> list[Part]:
    return [part for part in parts if part[0] not in kinds]


WITH_CAPTION = [*ALL[:4], CAPTION, *ALL[4:]]


def semantic() -> PageLayout:
    body = f"<header>{NAV}</header><main><article>{tag(WITH_CAPTION)}</article></main>{FOOTER}"
    return PageLayout(".html", page(body), WITH_CAPTION)


def blog_of_wordpress() -> PageLayout:
    tags = {
        "title": '<h1 class="entry-title">{}</h1>',
        "byline": '<div class="entry-meta"><span class="byline">{}</span></div>',
    }
    inner = f'{tag(ALL[:2], tags)}<div class="entry-content">{tag(ALL[2:])}{SHARE}</div>{RELATED}'
    body = f'<div id="page">{NAV}<div id="content"><div class="post hentry">{inner}</div>{COMMENTS}</div><div id="sidebar">{RELATED}</div></div>{FOOTER}'
    return PageLayout(".html", page(body), ALL)


def blog_of_blogger() -> PageLayout:
    parts = without("byline", "list_item", "heading", "quote")
    text = "<br /><br />".join(escape(text) for _, text in parts[1:])
    body = (
        f'<div class="header">{NAV}</div><div class="blog-posts"><h3 class="post-title entry-title">{escape(TITLE[1])}</h3>'
        f'<div class="post-body entry-content">{text}</div><div class="post-footer">Posted by Mira Labels: coast</div>'
        '<h4>Post a Comment</h4><a href="#">Newer Post</a> <a href="#">Older Post</a></div>'
    )
    return PageLayout(".html", page(body), parts)


def soup_of_divs() -> PageLayout:
    tags = {
        kind: f'<div class="c{number}">{{}}</div>' for number, kind in enumerate(("paragraph", "list_item"))
    }
    tags |= {"title": '<div class="t"><h1>{}</h1></div>'}
    parts = without("list_item", "quote", "byline")
    body = f'<div class="top">{NAV}</div><div class="w"><div class="x">{tag(parts, tags)}</div></div>{FOOTER}'
    return PageLayout(".html", page(body), parts)


def letters_of_the_nineties() -> PageLayout:
    parts = without("byline", "list_item", "quote")
    tags = {
        "title": "<FONT SIZE=5><H1>{}</H1></FONT>",
        "paragraph": "<P><FONT FACE=Arial>{}</FONT>",
        "heading": "<H2>{}</H2>",
    }
    body = (
        "<TABLE WIDTH=100%><TR><TD WIDTH=150><A HREF=/>Home</A><BR><A HREF=/coast>Coast</A></TD><TD>"
        f"{tag(parts, tags)}</TD></TR></TABLE><HR><CENTER>Copyright 2026 The Coast Herald</CENTER>"
    )
    return PageLayout(".html", page(body), parts)


def nothing_closed() -> PageLayout:
    tags = {"paragraph": "<p>{}", "list_item": "<li>{}", "quote": "<blockquote>{}</blockquote>"}
    body = f"<ul><li><a href=/>Home</a><li><a href=/coast>Coast</a></ul><article>{tag(ALL, tags)}</article>"
    return PageLayout(".html", page(body), ALL)


def xhtml() -> PageLayout:
    written = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en">'
        f'<head><title>{escape(TITLE[1])}</title></head><body>{NAV}<div id="main"><div class="article">{tag(ALL)}</div></div></body></html>'
    )
    return PageLayout(".xhtml", written.encode(), ALL)


def amp() -> PageLayout:
    head = '<script async src="https://cdn.example.org/v0.js"></script><style amp-custom>p{margin:0}</style>'
    body = (
        f'<amp-sidebar id="s"><ul><li>Home</li><li>Coast</li></ul></amp-sidebar><article class="amp-wp-article">{tag(ALL)}'
        '<amp-ad width="300" height="250">Advertisement</amp-ad></article>'
    )
    return PageLayout(".html", page(body, head=head), ALL)


def microdata() -> PageLayout:
    tags = {"title": '<h1 itemprop="headline">{}</h1>', "byline": '<span itemprop="author">{}</span>'}
    body = (
        f'{NAV}<div itemscope itemtype="https://schema.org/NewsArticle">{tag(ALL[:2], tags)}'
        f'<div itemprop="articleBody">{tag(ALL[2:])}</div></div>{FOOTER}'
    )
    return PageLayout(".html", page(body), ALL)


def title_in_a_header() -> PageLayout:
    body = f"{NAV}<article><header>{tag(ALL[:2])}{SHARE}</header>{tag(ALL[2:])}<footer>{RELATED}</footer></article>{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def title_above_everything() -> PageLayout:
    body = f'<div class="hero">{tag(ALL[:1])}</div>{NAV}<div class="body-copy">{tag(ALL[2:])}</div>{FOOTER}'
    return PageLayout(".html", page(body), without("byline"))


def title_of_the_second_order() -> PageLayout:
    tags = {"title": "<h2>{}</h2>", "heading": "<h3>{}</h3>"}
    body = f'<h1><a href="/">The Coast Herald</a></h1>{NAV}<div class="post">{tag(PLAIN, tags)}</div>{FOOTER}'
    return PageLayout(".html", page(body), PLAIN)


def long_sidebar() -> PageLayout:
    links = "".join(
        f'<li><a href="/{number}">Headline number {number} of the week</a></li>' for number in range(40)
    )
    body = f'<div class="sidebar"><h3>Most read</h3><ul>{links}</ul></div><div class="content">{tag(ALL)}</div>{FOOTER}'
    return PageLayout(".html", page(body), ALL)


def links_between() -> PageLayout:
    link = '<p class="read-more"><strong>Read more:</strong> <a href="/1">Snow closes the shore road again</a></p>'
    body = f"{NAV}<article>{tag(ALL[:4])}{link}{tag(ALL[4:7])}<aside>{RELATED}</aside>{tag(ALL[7:])}</article>{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def newsletter_between() -> PageLayout:
    body = f"{NAV}<article>{tag(ALL[:4])}{NEWSLETTER}{tag(ALL[4:])}</article>{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def comments_below() -> PageLayout:
    body = f"{NAV}<article>{tag(ALL)}</article>{COMMENTS}{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def cookie_banner() -> PageLayout:
    body = f"{COOKIES}{NAV}<main>{tag(ALL)}</main>{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def paywall() -> PageLayout:
    wall = '<div class="paywall"><h3>Subscribe to read on</h3><p>Already a subscriber? <a href="/login">Log in</a></p></div>'
    parts = [TITLE, BYLINE, LEAD, SECOND]
    body = f"{NAV}<article>{tag(parts)}{wall}</article>{FOOTER}"
    return PageLayout(".html", page(body), parts)


def live_blog() -> PageLayout:
    posts = [
        ("heading", "10:15 Councils meet"),
        LEAD,
        ("heading", "11:40 Engineer reports"),
        FOURTH,
        ("heading", "12:05 Vote"),
        LAST,
    ]
    tags = {"heading": "<h3>{}</h3>"}
    body = f'{NAV}<article>{tag([TITLE])}<div class="live">{tag(posts, tags)}</div></article>{FOOTER}'
    return PageLayout(".html", page(body), [TITLE, *posts])


def interview() -> PageLayout:
    answers = [
        ("paragraph", "What does the plan change for those who live by the small landing?"),
        THIRD,
        ("paragraph", "And who was against it until the very end of the talks?"),
        FOURTH,
    ]
    asked = "".join(
        f"<p><strong>{escape(text)}</strong></p>" if text.endswith("?") else f"<p>{escape(text)}</p>"
        for _, text in answers
    )
    body = f"{NAV}<article>{tag([TITLE, LEAD])}{asked}</article>{FOOTER}"
    return PageLayout(".html", page(body), [TITLE, LEAD, *answers])


def pulled_quote() -> PageLayout:
    body = f'{NAV}<article>{tag(ALL[:4])}<aside class="pullquote"><p>{escape(QUOTE[1])}</p></aside>{tag(ALL[4:])}</article>'
    return PageLayout(".html", page(body), ALL)


def gallery() -> PageLayout:
    captions = [
        ("caption", f"The harbour in the {month} of a cold winter. Photo: Jon Reyes")
        for month in ("first", "second", "last")
    ]
    parts = [*PLAIN[:3], captions[0], *PLAIN[3:5], captions[1], *PLAIN[5:6], captions[2], *PLAIN[6:]]
    return PageLayout(".html", page(f"{NAV}<article>{tag(parts)}</article>{FOOTER}"), parts)


def nested_list() -> PageLayout:
    inner = f"<ol><li>{escape(ITEMS[0][1])}<ul><li>{escape(ITEMS[1][1])}</li></ul></li><li>{escape(ITEMS[2][1])}</li></ol>"
    body = f"{NAV}<article>{tag(ALL[:9])}{inner}{tag(ALL[-1:])}</article>{FOOTER}"
    return PageLayout(".html", page(body), ALL)


def author_box() -> PageLayout:
    parts = [*ALL, BIOGRAPHY]
    body = f"{NAV}<article>{tag(parts)}</article>{RELATED}{FOOTER}"
    return PageLayout(".html", page(body), parts)


def in_language(parts: Sequence[Part], language: str) -> Callable[[], PageLayout]:
    def make() -> PageLayout:
        content = page(f"{NAV}<article>{tag(parts)}</article>{FOOTER}", title=parts[0][1], language=language)
        return PageLayout(".html", content, parts)

    return make


def in_latin1() -> PageLayout:
    whole = page(f"<article>{tag(GERMAN)}</article>", title=GERMAN[0][1], language="de").decode()
    return PageLayout(".html", whole.replace("utf-8", "iso-8859-1").encode("latin-1"), GERMAN)


def indented() -> PageLayout:
    text = tag(ALL, between="\n          ").replace(", ", ",\n            ")
    return PageLayout(".html", page(f"{NAV}\n  <article>\n{text}\n</article>\n{FOOTER}"), ALL)


def full_of_entities() -> PageLayout:
    body = tag(ALL).replace("ferries", "ferr&#105;es").replace(" the ", " the&nbsp;").replace("’", "&rsquo;")
    parts = [(kind, text.replace(" the ", " the\u00a0")) for kind, text in ALL]
    return PageLayout(".html", page(f"{NAV}<article>{body}</article>{FOOTER}"), parts)


def printed_version() -> PageLayout:
    body = f'<p><a href="javascript:print()">Print</a> <a href="/full">Back to the full version</a></p><hr>{tag(ALL)}<hr><p>© 2026 The Coast Herald</p>'
    return PageLayout(".html", page(body), ALL)


def advertisements_between() -> PageLayout:
    ad = '<div class="ad"><span>Advertisement</span><a href="https://ads.example.org">Warm boots at half the price</a></div>'
    body = f"{NAV}<article>{ad.join(tag([part]) for part in PLAIN)}</article>{FOOTER}"
    return PageLayout(".html", page(body), PLAIN)


def press_release() -> PageLayout:
    contact = "<h4>Press contact</h4><p>The Coast Council, press office, phone 555 0100</p>"
    body = f'{NAV}<div class="press-release">{tag(ALL)}</div><div class="contact">{contact}</div>{FOOTER}'
    return PageLayout(".html", page(body), ALL)


def word_with_styles() -> PageLayout:
    return PageLayout(".docx", make_docx(WITH_CAPTION), WITH_CAPTION)


def word_without_styles() -> PageLayout:
    return PageLayout(".docx", make_docx([("paragraph", text) for _, text in ALL]), ALL)


def wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def set_column(parts: Sequence[Part], x: float, y: float, width: int, *, step: float = 12.0) -> list[Printed]:
    printed = []
    for kind, text in parts:
        size = {"title": 18.0, "heading": 12.0}.get(kind, 9.0)
        for line in wrap(text, width if kind != "title" else 40):
            y -= step * size / 9.0
            printed.append(Printed(x, y, line, size, is_bold=kind == "heading"))
        y -= step * 0.8
    return printed


def pdf_in_one_column() -> PageLayout:
    parts = [TITLE, LEAD, SECOND, HEADING, THIRD, FOURTH, SECOND_HEADING, LAST]
    return PageLayout(".pdf", make_pdf([set_column(parts, 40, 560, 80)]), parts)


def pdf_in_two_columns() -> PageLayout:
    top = set_column([TITLE], 40, 570, 40)
    left, right = [LEAD, SECOND, HEADING, THIRD], [FOURTH, SECOND_HEADING, LAST]
    printed = [*top, *set_column(left, 40, 500, 38), *set_column(right, 225, 500, 38)]
    return PageLayout(".pdf", make_pdf([printed]), [TITLE, *left, *right])


def pdf_with_running_titles() -> PageLayout:
    pages = [[TITLE, LEAD], [SECOND, HEADING, THIRD], [FOURTH, SECOND_HEADING, LAST]]
    printed = [
        [
            Printed(40, 580, "The Coast Herald", 7),
            *set_column(parts, 40, 540, 80),
            Printed(205, 15, str(number), 7),
        ]
        for number, parts in enumerate(pages, start=1)
    ]
    return PageLayout(".pdf", make_pdf(printed), [part for parts in pages for part in parts])


def plain_text() -> PageLayout:
    parts = [*ALL[:9], *(("list_item", f"- {text}") for _, text in ITEMS), LAST]
    quoted = [(kind, f"“{text}”" if kind == "quote" else text) for kind, text in parts]
    text = "\n\n".join(text for _, text in quoted) + "\n\nPost a Comment\n\nPrevious Post Next Post"
    return PageLayout(
        ".txt",
        text.encode(),
        [*quoted, ("boilerplate", "Post a Comment"), ("boilerplate", "Previous Post Next Post")],
    )


def wrapped_text() -> PageLayout:
    parts = [TITLE, LEAD, SECOND, HEADING, THIRD, FOURTH, LAST]
    text = "\n\n".join("\n".join(wrap(text, 72)) for _, text in parts)
    return PageLayout(".txt", text.encode(), parts)


def markdown() -> PageLayout:
    signs = {"title": "# {}", "heading": "## {}", "quote": "> {}", "list_item": "- {}"}
    parts = [(kind, signs.get(kind, "{}").format(text)) for kind, text in without("byline")]
    return PageLayout(".md", "\n\n".join(text for _, text in parts).encode(), parts)


LAYOUTS: Mapping[str, Callable[[], PageLayout]] = {
    make.__name__: make
    for make in (
        semantic, blog_of_wordpress, blog_of_blogger, soup_of_divs, letters_of_the_nineties, nothing_closed, xhtml, amp, microdata,
        title_in_a_header, title_above_everything, title_of_the_second_order, long_sidebar, links_between, newsletter_between,
        comments_below, cookie_banner, paywall, live_blog, interview, pulled_quote, gallery, nested_list, author_box, in_latin1,
        indented, full_of_entities, printed_version, advertisements_between, press_release, word_with_styles, word_without_styles,
        pdf_in_one_column, pdf_in_two_columns, pdf_with_running_titles, plain_text, wrapped_text, markdown,
    )
} | {
    "russian": in_language(RUSSIAN, "ru"),
    "arabic": in_language(ARABIC, "ar"),
    "chinese": in_language(CHINESE, "zh"),
    "german": in_language(GERMAN, "de"),
}  # fmt: skip
