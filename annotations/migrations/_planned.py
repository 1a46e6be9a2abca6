"""Triggers that count the articles of a project that rounds have: a task counts that is the first live one of its article.

An article counts once for rounds of any kind (the kind is empty then), and once for those of each kind. A task is live that is
neither cancelled nor excluded. On SQLite, where one writes at a time, a row is changed in place, which came with the first round of
its kind and stays; on PostgreSQL each statement adds rows of its own, so that nobody waits for anybody else than who changes
another task of the same article in that instant.

A round that is on its way to a project (`planned_for`) counts there already, so that nothing is counted when it arrives.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TASK, ROUND, TALLY, ARTICLE = (
    "annotations_task",
    "annotations_round",
    "annotations_plannedtally",
    "annotations_article",
)
LIVE = "('open', 'annotated', 'adjudicated')"
Place = Callable[[str], str]
"""Says in SQL in which project a round counts that has this name."""


def in_its_project(round_: str) -> str:
    """Where rounds counted before they could be on their way."""
    return f"{round_}.project_id"


def on_its_way(round_: str) -> str:
    """Where a round counts: in the project that it is on its way to, or else in its own."""
    return f"COALESCE({round_}.planned_for_id, {round_}.project_id)"


def watch(schema_editor: BaseDatabaseSchemaEditor, place: Place) -> None:
    """Count what is there, and have triggers keep the count from now on."""
    for kind, group in (("''", ""), ("r.kind", ", r.kind")):
        schema_editor.execute(
            f"INSERT INTO {TALLY} (project_id, kind, number) "
            f"SELECT {place('r')}, {kind}, COUNT(DISTINCT CASE WHEN t.status IN {LIVE} THEN t.article_id END) "
            f"FROM {ROUND} r LEFT JOIN {TASK} t ON t.round_id = r.id GROUP BY {place('r')}{group}"
        )
    keep(schema_editor, place)


def keep(schema_editor: BaseDatabaseSchemaEditor, place: Place) -> None:
    """Make the triggers."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in (_OnSqlite if is_sqlite else _OnPostgresql)(place).write():
        schema_editor.execute(statement)


def leave(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers down, and forget what they counted."""
    take_down(schema_editor)
    schema_editor.execute(f"DELETE FROM {TALLY}")


def take_down(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers; what they counted stays."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    names = [(f"{TASK}_planned_{event}", TASK) for event in ("insert", "update", "delete")]
    names += [
        (f"{ROUND}_planned_{event}", ROUND) for event in (["move", "insert"] if is_sqlite else ["move"])
    ]
    for name, table in names:
        schema_editor.execute(
            f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()"
        )


@dataclass(frozen=True, slots=True)
class _OnSqlite:
    """A trigger a row: it changes two rows of the tally in place, and makes none, since that takes longer and tables may be on their way out."""

    place: Place

    def write(self) -> list[str]:
        became = f"(CASE WHEN NEW.status IN {LIVE} THEN 1 ELSE -1 END)"
        on_task = (
            ("insert", "INSERT", f"NEW.status IN {LIVE}", self._change("NEW", "1")),
            (
                "update",
                "UPDATE OF status",
                f"(NEW.status IN {LIVE}) <> (OLD.status IN {LIVE})",
                self._change("NEW", became),
            ),
            ("delete", "DELETE", f"OLD.status IN {LIVE}", self._change("OLD", "-1")),
        )
        rows, old, new = self._make_rows(), self.place("OLD"), self.place("NEW")
        moved = self._move(old, "-") + self._move(new, "+")
        columns = [name.partition(".")[2] for name in ("NEW.project_id", "NEW.planned_for_id") if name in new]
        return [
            *(
                f"CREATE TRIGGER {TASK}_planned_{name} AFTER {event} ON {TASK} WHEN {when} BEGIN {body} END"
                for name, event, when, body in on_task
            ),
            (
                f"CREATE TRIGGER {ROUND}_planned_move AFTER UPDATE OF {', '.join(columns)} ON {ROUND} "
                f"WHEN {new} <> {old} BEGIN {rows} {moved} END"
            ),
            f"CREATE TRIGGER {ROUND}_planned_insert AFTER INSERT ON {ROUND} BEGIN {rows} END",
        ]

    def _change(self, row: str, by: str) -> str:
        """For the kind of the task's round and for rounds of any: both rows are found by the index, and the article's tasks are looked at first."""
        of_round = f"FROM {ROUND} r WHERE r.id = {row}.round_id"
        project = f"(SELECT {self.place('r')} {of_round})"
        others = f"SELECT 1 FROM {TASK} t WHERE t.article_id = {row}.article_id AND t.id <> {row}.id AND t.status IN {LIVE}"
        return " ".join(
            f"UPDATE {TALLY} SET number = number + {by} WHERE project_id = {project} AND kind = {kind} "
            f"AND NOT EXISTS ({others} AND EXISTS (SELECT 1 FROM {ROUND} o WHERE o.id = t.round_id "
            f"AND {self.place('o')} = {TALLY}.project_id{is_kind}));"
            for kind, is_kind in ((f"(SELECT r.kind {of_round})", f" AND o.kind = {TALLY}.kind"), ("''", ""))
        )

    def _make_rows(self) -> str:
        project = self.place("NEW")
        return " ".join(
            f"INSERT INTO {TALLY} (project_id, kind, number) SELECT {project}, {kind}, 0 WHERE NOT EXISTS "
            f"(SELECT 1 FROM {TALLY} WHERE project_id = {project} AND kind = {kind});"
            for kind in ("''", "NEW.kind")
        )

    def _move(self, project: str, sign: str) -> str:
        other = _has_other(
            self.place,
            article="m.article_id",
            project=f"{TALLY}.project_id",
            kind=f"{TALLY}.kind",
            but="o.id <> NEW.id",
        )
        return (
            f"UPDATE {TALLY} SET number = number {sign} (SELECT COUNT(*) FROM {TASK} m WHERE m.round_id = NEW.id "
            f"AND m.status IN {LIVE} AND NOT {other}) WHERE project_id = {project} AND kind IN ('', NEW.kind);"
        )


def _has_other(place: Place, *, article: str, project: str, kind: str, but: str) -> str:
    """Whether a project has a live task of an article in a round of a kind, beside those that are left out."""
    return (
        f"EXISTS (SELECT 1 FROM {TASK} t JOIN {ROUND} o ON o.id = t.round_id WHERE t.article_id = {article} "
        f"AND t.status IN {LIVE} AND {place('o')} = {project} AND ({kind} = '' OR o.kind = {kind}) AND {but})"
    )


@dataclass(frozen=True, slots=True)
class _OnPostgresql:
    """A trigger a statement: it adds a row for each project and kind whose articles it planned first, or last gave up.

    Two who change tasks of one article at once would each see the other's as it was before. So each locks the article first, and
    looks when it has the lock, which shows what the other has written. Tasks are added to a project only by who has locked it,
    so that a new task needs the lock only where its article has tasks already.
    """

    place: Place

    def write(self) -> list[str]:
        live_now = f"SELECT article_id FROM new_rows n WHERE n.status IN {LIVE}"
        # As a difference of sets, since a join of the two is planned for few rows and takes the square of many.
        turned = (
            f"SELECT d.article_id FROM (SELECT id, article_id, status IN {LIVE} FROM new_rows "
            f"EXCEPT SELECT id, article_id, status IN {LIVE} FROM old_rows) d"
        )
        before = f"SELECT article_id FROM old_rows WHERE status IN {LIVE}"
        has_tasks = f" AND EXISTS (SELECT 1 FROM {TASK} t WHERE t.article_id = n.article_id AND t.round_id <> n.round_id)"
        became = f"SELECT article_id, round_id, 1 AS after, 0 AS before FROM new_rows WHERE status IN {LIVE}"
        was = f"SELECT article_id, round_id, 0 AS after, 1 AS before FROM old_rows WHERE status IN {LIVE}"
        none_turned = f"IF NOT EXISTS ({turned}) THEN RETURN NULL; END IF;"
        return [
            self._watch_tasks("insert", [became], guard="", locked=live_now + has_tasks),
            self._watch_tasks("update", [became, was], guard=none_turned, locked=turned),
            self._watch_tasks("delete", [was], guard="", locked=before),
            self._watch_rounds(),
        ]

    def _watch_tasks(self, event: str, parts: list[str], *, guard: str, locked: str) -> str:
        other = _has_other(
            self.place,
            article="c.article_id",
            project="c.project_id",
            kind="c.kind",
            but="TRUE" if event == "delete" else "t.id NOT IN (SELECT id FROM new_rows)",
        )
        tables = ("NEW TABLE AS new_rows", "OLD TABLE AS old_rows")
        seen = {"insert": tables[:1], "update": tables, "delete": tables[1:]}[event]
        name, project = f"{TASK}_planned_{event}", self.place("r")
        return f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                {guard}
                {_lock_articles(locked)}
                INSERT INTO {TALLY} (project_id, kind, number)
                SELECT c.project_id, c.kind, SUM(c.after - c.before) FROM (
                    SELECT {project} AS project_id, k.kind, e.article_id, MAX(e.after) AS after, MAX(e.before) AS before
                    FROM ({" UNION ALL ".join(parts)}) e JOIN {ROUND} r ON r.id = e.round_id
                    CROSS JOIN LATERAL (VALUES (''), (r.kind)) AS k(kind)
                    GROUP BY {project}, k.kind, e.article_id HAVING MAX(e.after) <> MAX(e.before)
                ) c WHERE NOT {other}
                GROUP BY c.project_id, c.kind HAVING SUM(c.after - c.before) <> 0;
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {event.upper()} ON {TASK} REFERENCING {" ".join(seen)}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}();
            """

    def _watch_rounds(self) -> str:
        other = _has_other(
            self.place, article="m.article_id", project="p.id", kind="k.kind", but="o.id <> NEW.id"
        )
        name, old, new = f"{ROUND}_planned_move", self.place("OLD"), self.place("NEW")
        locked = (
            f"SELECT m.article_id FROM {TASK} m WHERE m.round_id = NEW.id AND EXISTS "
            f"(SELECT 1 FROM {TASK} t WHERE t.article_id = m.article_id AND t.round_id <> NEW.id)"
        )
        return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {_lock_articles(locked)}
            INSERT INTO {TALLY} (project_id, kind, number)
            SELECT p.id, k.kind, SUM(p.by) FROM {TASK} m
            CROSS JOIN (VALUES ({old}, -1), ({new}, 1)) AS p(id, by)
            CROSS JOIN (VALUES (''), (NEW.kind)) AS k(kind)
            WHERE m.round_id = NEW.id AND m.status IN {LIVE} AND NOT {other}
            GROUP BY p.id, k.kind;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER UPDATE ON {ROUND} FOR EACH ROW
            WHEN ({new} <> {old}) EXECUTE FUNCTION {name}();
        """


def _lock_articles(chosen: str) -> str:
    return f"PERFORM 1 FROM {ARTICLE} WHERE id IN ({chosen}) ORDER BY id FOR NO KEY UPDATE;"
