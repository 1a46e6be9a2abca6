-- What SQLite holds besides tables and indexes: the words of articles, and the triggers that guard and count rows.

CREATE VIRTUAL TABLE annotations_articlewords USING fts5(words, tokenize = 'unicode61 remove_diacritics 0');

CREATE TRIGGER annotations_annotation_frozen BEFORE UPDATE ON annotations_annotation FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_annotation is append-only');
END;

CREATE TRIGGER annotations_annotation_live BEFORE INSERT ON annotations_annotation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_assignment a JOIN annotations_task t ON t.id = a.task_id JOIN annotations_round r ON r.id = t.round_id WHERE a.id = NEW.assignment_id) AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_annotation_uses_import AFTER INSERT ON annotations_annotation BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM (SELECT NEW.assignment_id AS assignment_id) one JOIN annotations_assignment s ON s.id = one.assignment_id JOIN annotations_task t ON t.id = s.task_id JOIN annotations_article a ON a.id = t.article_id);
END;

CREATE TRIGGER annotations_article_frozen BEFORE UPDATE OF original, encoding, text, length, sha256, text_sha256, project_id, canonical, words_sha256 ON annotations_article FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_article is append-only');
END;

CREATE TRIGGER annotations_article_import_tally_DELETE AFTER DELETE ON annotations_article BEGIN
    UPDATE annotations_importtally SET number = number - 1 WHERE annotations_importtally.imported_in_id = OLD.imported_in_id AND annotations_importtally.is_excluded = (OLD.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_article_import_tally_INSERT AFTER INSERT ON annotations_article BEGIN
    INSERT INTO annotations_importtally (imported_in_id, is_excluded, number) SELECT NEW.imported_in_id, (NEW.excluded_at IS NOT NULL), 0 WHERE NEW.imported_in_id IS NOT NULL AND (NEW.excluded_at IS NOT NULL) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_importtally WHERE annotations_importtally.imported_in_id = NEW.imported_in_id AND annotations_importtally.is_excluded = (NEW.excluded_at IS NOT NULL));
    UPDATE annotations_importtally SET number = number + 1 WHERE annotations_importtally.imported_in_id = NEW.imported_in_id AND annotations_importtally.is_excluded = (NEW.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_article_import_tally_UPDATE AFTER UPDATE ON annotations_article WHEN OLD.imported_in_id IS NOT NEW.imported_in_id OR (OLD.excluded_at IS NOT NULL) IS NOT (NEW.excluded_at IS NOT NULL) BEGIN
    INSERT INTO annotations_importtally (imported_in_id, is_excluded, number) SELECT NEW.imported_in_id, (NEW.excluded_at IS NOT NULL), 0 WHERE NEW.imported_in_id IS NOT NULL AND (NEW.excluded_at IS NOT NULL) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_importtally WHERE annotations_importtally.imported_in_id = NEW.imported_in_id AND annotations_importtally.is_excluded = (NEW.excluded_at IS NOT NULL));
    UPDATE annotations_importtally SET number = number - 1 WHERE annotations_importtally.imported_in_id = OLD.imported_in_id AND annotations_importtally.is_excluded = (OLD.excluded_at IS NOT NULL);
    UPDATE annotations_importtally SET number = number + 1 WHERE annotations_importtally.imported_in_id = NEW.imported_in_id AND annotations_importtally.is_excluded = (NEW.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_article_live BEFORE INSERT ON annotations_article FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_article_tally_DELETE AFTER DELETE ON annotations_article BEGIN
    UPDATE annotations_articletally SET number = number - 1 WHERE annotations_articletally.project_id = (CASE WHEN OLD.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = OLD.imported_in_id) IS NOT NULL THEN OLD.project_id END) AND annotations_articletally.is_excluded = (OLD.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_article_tally_INSERT AFTER INSERT ON annotations_article BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number) SELECT (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END), (NEW.excluded_at IS NOT NULL), 0 WHERE (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) IS NOT NULL AND (NEW.excluded_at IS NOT NULL) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_articletally WHERE annotations_articletally.project_id = (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) AND annotations_articletally.is_excluded = (NEW.excluded_at IS NOT NULL));
    UPDATE annotations_articletally SET number = number + 1 WHERE annotations_articletally.project_id = (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) AND annotations_articletally.is_excluded = (NEW.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_article_tally_UPDATE AFTER UPDATE ON annotations_article WHEN (CASE WHEN OLD.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = OLD.imported_in_id) IS NOT NULL THEN OLD.project_id END) IS NOT (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) OR (OLD.excluded_at IS NOT NULL) IS NOT (NEW.excluded_at IS NOT NULL) BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number) SELECT (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END), (NEW.excluded_at IS NOT NULL), 0 WHERE (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) IS NOT NULL AND (NEW.excluded_at IS NOT NULL) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_articletally WHERE annotations_articletally.project_id = (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) AND annotations_articletally.is_excluded = (NEW.excluded_at IS NOT NULL));
    UPDATE annotations_articletally SET number = number - 1 WHERE annotations_articletally.project_id = (CASE WHEN OLD.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = OLD.imported_in_id) IS NOT NULL THEN OLD.project_id END) AND annotations_articletally.is_excluded = (OLD.excluded_at IS NOT NULL);
    UPDATE annotations_articletally SET number = number + 1 WHERE annotations_articletally.project_id = (CASE WHEN NEW.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = NEW.imported_in_id) IS NOT NULL THEN NEW.project_id END) AND annotations_articletally.is_excluded = (NEW.excluded_at IS NOT NULL);
END;

CREATE TRIGGER annotations_articleimport_live BEFORE INSERT ON annotations_articleimport FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_articleimport_published AFTER UPDATE OF published_at ON annotations_articleimport WHEN (OLD.published_at IS NULL) <> (NEW.published_at IS NULL) BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number) SELECT NEW.project_id, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_articletally WHERE project_id = NEW.project_id AND is_excluded = 0);
    INSERT INTO annotations_articletally (project_id, is_excluded, number) SELECT NEW.project_id, 1, 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_articletally WHERE project_id = NEW.project_id AND is_excluded = 1);
    UPDATE annotations_articletally SET number = number + (SELECT COALESCE(SUM(number), 0) FROM annotations_importtally WHERE imported_in_id = NEW.id AND is_excluded = annotations_articletally.is_excluded) * (CASE WHEN NEW.published_at IS NULL THEN -1 ELSE 1 END) WHERE project_id = NEW.project_id;
END;

CREATE TRIGGER annotations_articlesketch_words AFTER DELETE ON annotations_articlesketch FOR EACH ROW BEGIN
    DELETE FROM annotations_articlewords WHERE rowid = OLD.article_id;
END;

CREATE TRIGGER annotations_articlesourcemap_frozen BEFORE UPDATE ON annotations_articlesourcemap FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_articlesourcemap is append-only');
END;

CREATE TRIGGER annotations_assignment_tally_DELETE AFTER DELETE ON annotations_assignment BEGIN
    UPDATE annotations_assignmenttally SET number = number - 1 WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = OLD.task_id) AND annotations_assignmenttally.annotator_id = OLD.annotator_id AND annotations_assignmenttally.status = OLD.status;
END;

CREATE TRIGGER annotations_assignment_tally_INSERT AFTER INSERT ON annotations_assignment BEGIN
    INSERT INTO annotations_assignmenttally (round_id, annotator_id, status, number) SELECT (SELECT round_id FROM annotations_task WHERE id = NEW.task_id), NEW.annotator_id, NEW.status, 0 WHERE (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) IS NOT NULL AND NEW.annotator_id IS NOT NULL AND NEW.status IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_assignmenttally WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) AND annotations_assignmenttally.annotator_id = NEW.annotator_id AND annotations_assignmenttally.status = NEW.status);
    UPDATE annotations_assignmenttally SET number = number + 1 WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) AND annotations_assignmenttally.annotator_id = NEW.annotator_id AND annotations_assignmenttally.status = NEW.status;
END;

CREATE TRIGGER annotations_assignment_tally_UPDATE AFTER UPDATE ON annotations_assignment WHEN (SELECT round_id FROM annotations_task WHERE id = OLD.task_id) IS NOT (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) OR OLD.annotator_id IS NOT NEW.annotator_id OR OLD.status IS NOT NEW.status BEGIN
    INSERT INTO annotations_assignmenttally (round_id, annotator_id, status, number) SELECT (SELECT round_id FROM annotations_task WHERE id = NEW.task_id), NEW.annotator_id, NEW.status, 0 WHERE (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) IS NOT NULL AND NEW.annotator_id IS NOT NULL AND NEW.status IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_assignmenttally WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) AND annotations_assignmenttally.annotator_id = NEW.annotator_id AND annotations_assignmenttally.status = NEW.status);
    UPDATE annotations_assignmenttally SET number = number - 1 WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = OLD.task_id) AND annotations_assignmenttally.annotator_id = OLD.annotator_id AND annotations_assignmenttally.status = OLD.status;
    UPDATE annotations_assignmenttally SET number = number + 1 WHERE annotations_assignmenttally.round_id = (SELECT round_id FROM annotations_task WHERE id = NEW.task_id) AND annotations_assignmenttally.annotator_id = NEW.annotator_id AND annotations_assignmenttally.status = NEW.status;
END;

CREATE TRIGGER annotations_decision_frozen BEFORE UPDATE ON annotations_decision FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_decision is append-only');
END;

CREATE TRIGGER annotations_decision_live BEFORE INSERT ON annotations_decision FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_task t JOIN annotations_round r ON r.id = t.round_id WHERE t.id = NEW.task_id) AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_decision_uses_import AFTER INSERT ON annotations_decision BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM (SELECT NEW.task_id AS task_id) one JOIN annotations_task t ON t.id = one.task_id JOIN annotations_article a ON a.id = t.article_id);
END;

CREATE TRIGGER annotations_decisionreason_frozen BEFORE UPDATE ON annotations_decisionreason FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_decisionreason is append-only');
END;

CREATE TRIGGER annotations_event_frozen BEFORE UPDATE ON annotations_event FOR EACH ROW WHEN NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor_id IS NOT OLD.actor_id OR NEW.project_id IS NOT OLD.project_id OR NEW.verb IS NOT OLD.verb OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.details IS NOT json_remove(OLD.details, '$.email') BEGIN
    SELECT RAISE(ABORT, 'annotations_event is append-only');
END;

CREATE TRIGGER annotations_event_live BEFORE INSERT ON annotations_event FOR EACH ROW WHEN NEW.verb NOT IN ('archived', 'deleted') AND EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_gold_frozen BEFORE UPDATE OF task_id, status, markup, canonical, finished_at, finished_by_id, unmet ON annotations_gold FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_gold is append-only');
END;

CREATE TRIGGER annotations_gold_live BEFORE INSERT ON annotations_gold FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_task t JOIN annotations_round r ON r.id = t.round_id WHERE t.id = NEW.task_id) AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_guidelinerevision_frozen BEFORE UPDATE ON annotations_guidelinerevision FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_guidelinerevision is append-only');
END;

CREATE TRIGGER annotations_guidelinerevision_live BEFORE INSERT ON annotations_guidelinerevision FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_invitation_live BEFORE INSERT ON annotations_invitation FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_prediction_frozen BEFORE UPDATE ON annotations_prediction FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_prediction is append-only');
END;

CREATE TRIGGER annotations_relation_frozen BEFORE UPDATE ON annotations_relation FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_relation is append-only');
END;

CREATE TRIGGER annotations_release_frozen BEFORE UPDATE ON annotations_release FOR EACH ROW WHEN OLD.number <> 0 BEGIN
    SELECT RAISE(ABORT, 'annotations_release is append-only');
END;

CREATE TRIGGER annotations_release_live BEFORE INSERT ON annotations_release FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_releaseitem_frozen BEFORE UPDATE ON annotations_releaseitem FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_releaseitem is append-only');
END;

CREATE TRIGGER annotations_releaseitem_uses_import AFTER INSERT ON annotations_releaseitem BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM (SELECT NEW.article_id AS article_id) one JOIN annotations_article a ON a.id = one.article_id);
END;

CREATE TRIGGER annotations_releasenotice_frozen BEFORE UPDATE ON annotations_releasenotice FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_releasenotice is append-only');
END;

CREATE TRIGGER annotations_releasesignature_frozen BEFORE UPDATE ON annotations_releasesignature FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_releasesignature is append-only');
END;

CREATE TRIGGER annotations_round_frozen BEFORE UPDATE OF scheme_id ON annotations_round FOR EACH ROW WHEN OLD.scheme_id <> NEW.scheme_id BEGIN
    SELECT RAISE(ABORT, 'a round keeps the scheme it was planned with');
END;

CREATE TRIGGER annotations_round_live BEFORE INSERT ON annotations_round FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_round_planned_insert AFTER INSERT ON annotations_round BEGIN
    INSERT INTO annotations_plannedtally (project_id, kind, number) SELECT COALESCE(NEW.planned_for_id, NEW.project_id), '', 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_plannedtally WHERE project_id = COALESCE(NEW.planned_for_id, NEW.project_id) AND kind = '');
    INSERT INTO annotations_plannedtally (project_id, kind, number) SELECT COALESCE(NEW.planned_for_id, NEW.project_id), NEW.kind, 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_plannedtally WHERE project_id = COALESCE(NEW.planned_for_id, NEW.project_id) AND kind = NEW.kind);
END;

CREATE TRIGGER annotations_round_planned_move AFTER UPDATE OF project_id, planned_for_id ON annotations_round WHEN COALESCE(NEW.planned_for_id, NEW.project_id) <> COALESCE(OLD.planned_for_id, OLD.project_id) BEGIN
    INSERT INTO annotations_plannedtally (project_id, kind, number) SELECT COALESCE(NEW.planned_for_id, NEW.project_id), '', 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_plannedtally WHERE project_id = COALESCE(NEW.planned_for_id, NEW.project_id) AND kind = '');
    INSERT INTO annotations_plannedtally (project_id, kind, number) SELECT COALESCE(NEW.planned_for_id, NEW.project_id), NEW.kind, 0 WHERE NOT EXISTS (SELECT 1 FROM annotations_plannedtally WHERE project_id = COALESCE(NEW.planned_for_id, NEW.project_id) AND kind = NEW.kind);
    UPDATE annotations_plannedtally SET number = number - (SELECT COUNT(*) FROM annotations_task m WHERE m.round_id = NEW.id AND m.status IN ('open', 'annotated', 'adjudicated') AND NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = m.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id AND (annotations_plannedtally.kind = '' OR o.kind = annotations_plannedtally.kind) AND o.id <> NEW.id)) WHERE project_id = COALESCE(OLD.planned_for_id, OLD.project_id) AND kind IN ('', NEW.kind);UPDATE annotations_plannedtally SET number = number + (SELECT COUNT(*) FROM annotations_task m WHERE m.round_id = NEW.id AND m.status IN ('open', 'annotated', 'adjudicated') AND NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = m.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id AND (annotations_plannedtally.kind = '' OR o.kind = annotations_plannedtally.kind) AND o.id <> NEW.id)) WHERE project_id = COALESCE(NEW.planned_for_id, NEW.project_id) AND kind IN ('', NEW.kind);
END;

CREATE TRIGGER annotations_roundsuggestions_frozen BEFORE UPDATE ON annotations_roundsuggestions FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_roundsuggestions is append-only');
END;

CREATE TRIGGER annotations_scheme_frozen BEFORE UPDATE OF name, version, source, sha256 ON annotations_scheme FOR EACH ROW WHEN (EXISTS (SELECT 1 FROM annotations_project WHERE scheme_id = OLD.id) OR EXISTS (SELECT 1 FROM annotations_round WHERE scheme_id = OLD.id)) BEGIN
    SELECT RAISE(ABORT, 'a scheme in use is immutable: make a new version');
END;

CREATE TRIGGER annotations_shownsuggestions_frozen BEFORE UPDATE ON annotations_shownsuggestions FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_shownsuggestions is append-only');
END;

CREATE TRIGGER annotations_span_frozen BEFORE UPDATE ON annotations_span FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_span is append-only');
END;

CREATE TRIGGER annotations_suggestionuse_frozen BEFORE UPDATE ON annotations_suggestionuse FOR EACH ROW WHEN TRUE BEGIN
    SELECT RAISE(ABORT, 'annotations_suggestionuse is append-only');
END;

CREATE TRIGGER annotations_task_closed_added BEFORE INSERT ON annotations_task FOR EACH ROW WHEN NEW.status = 'open' AND EXISTS (SELECT 1 FROM annotations_round WHERE id = NEW.round_id AND closed_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the round is closed');
END;

CREATE TRIGGER annotations_task_closed_changed BEFORE UPDATE OF status ON annotations_task FOR EACH ROW WHEN NEW.status = 'open' AND EXISTS (SELECT 1 FROM annotations_round WHERE id = NEW.round_id AND closed_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the round is closed');
END;

CREATE TRIGGER annotations_task_excluded_added BEFORE INSERT ON annotations_task FOR EACH ROW WHEN NEW.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_article WHERE id = NEW.article_id AND excluded_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the article is excluded');
END;

CREATE TRIGGER annotations_task_excluded_changed BEFORE UPDATE OF status ON annotations_task FOR EACH ROW WHEN NEW.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_article WHERE id = NEW.article_id AND excluded_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the article is excluded');
END;

CREATE TRIGGER annotations_task_live BEFORE INSERT ON annotations_task FOR EACH ROW WHEN EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT project_id FROM annotations_round WHERE id = NEW.round_id) AND archived_at IS NOT NULL) BEGIN
    SELECT RAISE(ABORT, 'the project is archived');
END;

CREATE TRIGGER annotations_task_planned_delete AFTER DELETE ON annotations_task WHEN OLD.status IN ('open', 'annotated', 'adjudicated') BEGIN
    UPDATE annotations_plannedtally SET number = number + -1 WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = OLD.round_id) AND kind = (SELECT r.kind FROM annotations_round r WHERE r.id = OLD.round_id) AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = OLD.article_id AND t.id <> OLD.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id AND o.kind = annotations_plannedtally.kind));
    UPDATE annotations_plannedtally SET number = number + -1 WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = OLD.round_id) AND kind = '' AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = OLD.article_id AND t.id <> OLD.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id));
END;

CREATE TRIGGER annotations_task_planned_insert AFTER INSERT ON annotations_task WHEN NEW.status IN ('open', 'annotated', 'adjudicated') BEGIN
    UPDATE annotations_plannedtally SET number = number + 1 WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = NEW.round_id) AND kind = (SELECT r.kind FROM annotations_round r WHERE r.id = NEW.round_id) AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = NEW.article_id AND t.id <> NEW.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id AND o.kind = annotations_plannedtally.kind));
    UPDATE annotations_plannedtally SET number = number + 1 WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = NEW.round_id) AND kind = '' AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = NEW.article_id AND t.id <> NEW.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id));
END;

CREATE TRIGGER annotations_task_planned_update AFTER UPDATE OF status ON annotations_task WHEN (NEW.status IN ('open', 'annotated', 'adjudicated')) <> (OLD.status IN ('open', 'annotated', 'adjudicated')) BEGIN
    UPDATE annotations_plannedtally SET number = number + (CASE WHEN NEW.status IN ('open', 'annotated', 'adjudicated') THEN 1 ELSE -1 END) WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = NEW.round_id) AND kind = (SELECT r.kind FROM annotations_round r WHERE r.id = NEW.round_id) AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = NEW.article_id AND t.id <> NEW.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id AND o.kind = annotations_plannedtally.kind));
    UPDATE annotations_plannedtally SET number = number + (CASE WHEN NEW.status IN ('open', 'annotated', 'adjudicated') THEN 1 ELSE -1 END) WHERE project_id = (SELECT COALESCE(r.planned_for_id, r.project_id) FROM annotations_round r WHERE r.id = NEW.round_id) AND kind = '' AND NOT EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = NEW.article_id AND t.id <> NEW.id AND t.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_round o WHERE o.id = t.round_id AND COALESCE(o.planned_for_id, o.project_id) = annotations_plannedtally.project_id));
END;

CREATE TRIGGER annotations_task_tally_DELETE AFTER DELETE ON annotations_task BEGIN
    UPDATE annotations_tasktally SET number = number - 1, wanted = wanted - OLD.wanted WHERE annotations_tasktally.round_id = OLD.round_id AND annotations_tasktally.status = OLD.status AND annotations_tasktally.is_claimable = (OLD.status = 'open' AND OLD.claimed < OLD.wanted);
END;

CREATE TRIGGER annotations_task_tally_INSERT AFTER INSERT ON annotations_task BEGIN
    INSERT INTO annotations_tasktally (round_id, status, is_claimable, number, wanted) SELECT NEW.round_id, NEW.status, (NEW.status = 'open' AND NEW.claimed < NEW.wanted), 0, 0 WHERE NEW.round_id IS NOT NULL AND NEW.status IS NOT NULL AND (NEW.status = 'open' AND NEW.claimed < NEW.wanted) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_tasktally WHERE annotations_tasktally.round_id = NEW.round_id AND annotations_tasktally.status = NEW.status AND annotations_tasktally.is_claimable = (NEW.status = 'open' AND NEW.claimed < NEW.wanted));
    UPDATE annotations_tasktally SET number = number + 1, wanted = wanted + NEW.wanted WHERE annotations_tasktally.round_id = NEW.round_id AND annotations_tasktally.status = NEW.status AND annotations_tasktally.is_claimable = (NEW.status = 'open' AND NEW.claimed < NEW.wanted);
END;

CREATE TRIGGER annotations_task_tally_UPDATE AFTER UPDATE ON annotations_task WHEN OLD.round_id IS NOT NEW.round_id OR OLD.status IS NOT NEW.status OR (OLD.status = 'open' AND OLD.claimed < OLD.wanted) IS NOT (NEW.status = 'open' AND NEW.claimed < NEW.wanted) OR OLD.wanted IS NOT NEW.wanted BEGIN
    INSERT INTO annotations_tasktally (round_id, status, is_claimable, number, wanted) SELECT NEW.round_id, NEW.status, (NEW.status = 'open' AND NEW.claimed < NEW.wanted), 0, 0 WHERE NEW.round_id IS NOT NULL AND NEW.status IS NOT NULL AND (NEW.status = 'open' AND NEW.claimed < NEW.wanted) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM annotations_tasktally WHERE annotations_tasktally.round_id = NEW.round_id AND annotations_tasktally.status = NEW.status AND annotations_tasktally.is_claimable = (NEW.status = 'open' AND NEW.claimed < NEW.wanted));
    UPDATE annotations_tasktally SET number = number - 1, wanted = wanted - OLD.wanted WHERE annotations_tasktally.round_id = OLD.round_id AND annotations_tasktally.status = OLD.status AND annotations_tasktally.is_claimable = (OLD.status = 'open' AND OLD.claimed < OLD.wanted);
    UPDATE annotations_tasktally SET number = number + 1, wanted = wanted + NEW.wanted WHERE annotations_tasktally.round_id = NEW.round_id AND annotations_tasktally.status = NEW.status AND annotations_tasktally.is_claimable = (NEW.status = 'open' AND NEW.claimed < NEW.wanted);
END;
