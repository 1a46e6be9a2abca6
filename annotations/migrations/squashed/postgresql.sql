-- What PostgreSQL holds besides tables and indexes: the words of articles, and the triggers that guard and count rows.

ALTER TABLE annotations_articlesketch ADD COLUMN words tsvector;
CREATE INDEX article_words ON annotations_articlesketch USING gin (words);

CREATE FUNCTION annotations_annotation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_annotation is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_annotation_frozen BEFORE UPDATE ON annotations_annotation FOR EACH ROW EXECUTE FUNCTION annotations_annotation_frozen();

CREATE FUNCTION annotations_annotation_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_assignment a JOIN annotations_task t ON t.id = a.task_id JOIN annotations_round r ON r.id = t.round_id WHERE a.id = NEW.assignment_id) AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_annotation_live BEFORE INSERT ON annotations_annotation FOR EACH ROW EXECUTE FUNCTION annotations_annotation_live();

CREATE FUNCTION annotations_annotation_uses_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM new_rows one JOIN annotations_assignment s ON s.id = one.assignment_id JOIN annotations_task t ON t.id = s.task_id JOIN annotations_article a ON a.id = t.article_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_annotation_uses_import AFTER INSERT ON annotations_annotation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_annotation_uses_import();

CREATE FUNCTION annotations_article_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_article is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_article_frozen BEFORE UPDATE OF original, encoding, text, length, sha256, text_sha256, project_id, canonical, words_sha256 ON annotations_article FOR EACH ROW EXECUTE FUNCTION annotations_article_frozen();

CREATE FUNCTION annotations_article_import_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_importtally (imported_in_id, is_excluded, number)
    SELECT imported_in_id, is_excluded, SUM(number) FROM (SELECT one.imported_in_id AS imported_in_id, (one.excluded_at IS NOT NULL) AS is_excluded, -(1) AS number FROM old_rows AS one) AS changed
    WHERE imported_in_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY imported_in_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_import_tally_delete AFTER DELETE ON annotations_article REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_import_tally_delete();

CREATE FUNCTION annotations_article_import_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_importtally (imported_in_id, is_excluded, number)
    SELECT imported_in_id, is_excluded, SUM(number) FROM (SELECT one.imported_in_id AS imported_in_id, (one.excluded_at IS NOT NULL) AS is_excluded, +(1) AS number FROM new_rows AS one) AS changed
    WHERE imported_in_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY imported_in_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_import_tally_insert AFTER INSERT ON annotations_article REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_import_tally_insert();

CREATE FUNCTION annotations_article_import_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_importtally (imported_in_id, is_excluded, number)
    SELECT imported_in_id, is_excluded, SUM(number) FROM (SELECT one.imported_in_id AS imported_in_id, (one.excluded_at IS NOT NULL) AS is_excluded, +(1) AS number FROM new_rows AS one UNION ALL SELECT one.imported_in_id AS imported_in_id, (one.excluded_at IS NOT NULL) AS is_excluded, -(1) AS number FROM old_rows AS one) AS changed
    WHERE imported_in_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY imported_in_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_import_tally_update AFTER UPDATE ON annotations_article REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_import_tally_update();

CREATE FUNCTION annotations_article_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_article_live BEFORE INSERT ON annotations_article FOR EACH ROW EXECUTE FUNCTION annotations_article_live();

CREATE FUNCTION annotations_article_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number)
    SELECT project_id, is_excluded, SUM(number) FROM (SELECT (CASE WHEN one.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = one.imported_in_id) IS NOT NULL THEN one.project_id END) AS project_id, (one.excluded_at IS NOT NULL) AS is_excluded, -(1) AS number FROM old_rows AS one) AS changed
    WHERE project_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY project_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_tally_delete AFTER DELETE ON annotations_article REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_tally_delete();

CREATE FUNCTION annotations_article_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number)
    SELECT project_id, is_excluded, SUM(number) FROM (SELECT (CASE WHEN one.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = one.imported_in_id) IS NOT NULL THEN one.project_id END) AS project_id, (one.excluded_at IS NOT NULL) AS is_excluded, +(1) AS number FROM new_rows AS one) AS changed
    WHERE project_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY project_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_tally_insert AFTER INSERT ON annotations_article REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_tally_insert();

CREATE FUNCTION annotations_article_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number)
    SELECT project_id, is_excluded, SUM(number) FROM (SELECT (CASE WHEN one.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = one.imported_in_id) IS NOT NULL THEN one.project_id END) AS project_id, (one.excluded_at IS NOT NULL) AS is_excluded, +(1) AS number FROM new_rows AS one UNION ALL SELECT (CASE WHEN one.imported_in_id IS NULL OR (SELECT published_at FROM annotations_articleimport WHERE id = one.imported_in_id) IS NOT NULL THEN one.project_id END) AS project_id, (one.excluded_at IS NOT NULL) AS is_excluded, -(1) AS number FROM old_rows AS one) AS changed
    WHERE project_id IS NOT NULL AND is_excluded IS NOT NULL GROUP BY project_id, is_excluded HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_article_tally_update AFTER UPDATE ON annotations_article REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_article_tally_update();

CREATE FUNCTION annotations_articleimport_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_articleimport_live BEFORE INSERT ON annotations_articleimport FOR EACH ROW EXECUTE FUNCTION annotations_articleimport_live();

CREATE FUNCTION annotations_articleimport_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_articletally (project_id, is_excluded, number)
    SELECT NEW.project_id, is_excluded, SUM(number) * (CASE WHEN NEW.published_at IS NULL THEN -1 ELSE 1 END)
    FROM annotations_importtally WHERE imported_in_id = NEW.id GROUP BY is_excluded;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_articleimport_published AFTER UPDATE OF published_at ON annotations_articleimport FOR EACH ROW WHEN (((old.published_at IS NULL) <> (new.published_at IS NULL))) EXECUTE FUNCTION annotations_articleimport_published();

CREATE FUNCTION annotations_articlesourcemap_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_articlesourcemap is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_articlesourcemap_frozen BEFORE UPDATE ON annotations_articlesourcemap FOR EACH ROW EXECUTE FUNCTION annotations_articlesourcemap_frozen();

CREATE FUNCTION annotations_assignment_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_assignmenttally (round_id, annotator_id, status, number)
    SELECT round_id, annotator_id, status, SUM(number) FROM (SELECT (SELECT round_id FROM annotations_task WHERE id = one.task_id) AS round_id, one.annotator_id AS annotator_id, one.status AS status, -(1) AS number FROM old_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND annotator_id IS NOT NULL AND status IS NOT NULL GROUP BY round_id, annotator_id, status HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_assignment_tally_delete AFTER DELETE ON annotations_assignment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_assignment_tally_delete();

CREATE FUNCTION annotations_assignment_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_assignmenttally (round_id, annotator_id, status, number)
    SELECT round_id, annotator_id, status, SUM(number) FROM (SELECT (SELECT round_id FROM annotations_task WHERE id = one.task_id) AS round_id, one.annotator_id AS annotator_id, one.status AS status, +(1) AS number FROM new_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND annotator_id IS NOT NULL AND status IS NOT NULL GROUP BY round_id, annotator_id, status HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_assignment_tally_insert AFTER INSERT ON annotations_assignment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_assignment_tally_insert();

CREATE FUNCTION annotations_assignment_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_assignmenttally (round_id, annotator_id, status, number)
    SELECT round_id, annotator_id, status, SUM(number) FROM (SELECT (SELECT round_id FROM annotations_task WHERE id = one.task_id) AS round_id, one.annotator_id AS annotator_id, one.status AS status, +(1) AS number FROM new_rows AS one UNION ALL SELECT (SELECT round_id FROM annotations_task WHERE id = one.task_id) AS round_id, one.annotator_id AS annotator_id, one.status AS status, -(1) AS number FROM old_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND annotator_id IS NOT NULL AND status IS NOT NULL GROUP BY round_id, annotator_id, status HAVING SUM(number) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_assignment_tally_update AFTER UPDATE ON annotations_assignment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_assignment_tally_update();

CREATE FUNCTION annotations_decision_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_decision is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_decision_frozen BEFORE UPDATE ON annotations_decision FOR EACH ROW EXECUTE FUNCTION annotations_decision_frozen();

CREATE FUNCTION annotations_decision_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_task t JOIN annotations_round r ON r.id = t.round_id WHERE t.id = NEW.task_id) AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_decision_live BEFORE INSERT ON annotations_decision FOR EACH ROW EXECUTE FUNCTION annotations_decision_live();

CREATE FUNCTION annotations_decision_uses_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM new_rows one JOIN annotations_task t ON t.id = one.task_id JOIN annotations_article a ON a.id = t.article_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_decision_uses_import AFTER INSERT ON annotations_decision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_decision_uses_import();

CREATE FUNCTION annotations_decisionreason_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_decisionreason is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_decisionreason_frozen BEFORE UPDATE ON annotations_decisionreason FOR EACH ROW EXECUTE FUNCTION annotations_decisionreason_frozen();

CREATE FUNCTION annotations_event_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id IS DISTINCT FROM OLD.id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.actor_id IS DISTINCT FROM OLD.actor_id OR NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.verb IS DISTINCT FROM OLD.verb OR NEW.subject_type IS DISTINCT FROM OLD.subject_type OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.details IS DISTINCT FROM OLD.details - 'email' THEN
        RAISE EXCEPTION 'annotations_event is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_event_frozen BEFORE UPDATE ON annotations_event FOR EACH ROW EXECUTE FUNCTION annotations_event_frozen();

CREATE FUNCTION annotations_event_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verb NOT IN ('archived', 'deleted') AND EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_event_live BEFORE INSERT ON annotations_event FOR EACH ROW EXECUTE FUNCTION annotations_event_live();

CREATE FUNCTION annotations_gold_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_gold is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_gold_frozen BEFORE UPDATE OF task_id, status, markup, canonical, finished_at, finished_by_id, unmet ON annotations_gold FOR EACH ROW EXECUTE FUNCTION annotations_gold_frozen();

CREATE FUNCTION annotations_gold_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT r.project_id FROM annotations_task t JOIN annotations_round r ON r.id = t.round_id WHERE t.id = NEW.task_id) AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_gold_live BEFORE INSERT ON annotations_gold FOR EACH ROW EXECUTE FUNCTION annotations_gold_live();

CREATE FUNCTION annotations_guidelinerevision_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_guidelinerevision is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_guidelinerevision_frozen BEFORE UPDATE ON annotations_guidelinerevision FOR EACH ROW EXECUTE FUNCTION annotations_guidelinerevision_frozen();

CREATE FUNCTION annotations_guidelinerevision_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_guidelinerevision_live BEFORE INSERT ON annotations_guidelinerevision FOR EACH ROW EXECUTE FUNCTION annotations_guidelinerevision_live();

CREATE FUNCTION annotations_invitation_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_invitation_live BEFORE INSERT ON annotations_invitation FOR EACH ROW EXECUTE FUNCTION annotations_invitation_live();

CREATE FUNCTION annotations_prediction_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_prediction is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_prediction_frozen BEFORE UPDATE ON annotations_prediction FOR EACH ROW EXECUTE FUNCTION annotations_prediction_frozen();

CREATE FUNCTION annotations_relation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_relation is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_relation_frozen BEFORE UPDATE ON annotations_relation FOR EACH ROW EXECUTE FUNCTION annotations_relation_frozen();

CREATE FUNCTION annotations_release_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number <> 0 THEN
        RAISE EXCEPTION 'annotations_release is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_release_frozen BEFORE UPDATE ON annotations_release FOR EACH ROW EXECUTE FUNCTION annotations_release_frozen();

CREATE FUNCTION annotations_release_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_release_live BEFORE INSERT ON annotations_release FOR EACH ROW EXECUTE FUNCTION annotations_release_live();

CREATE FUNCTION annotations_releaseitem_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_releaseitem is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_releaseitem_frozen BEFORE UPDATE ON annotations_releaseitem FOR EACH ROW EXECUTE FUNCTION annotations_releaseitem_frozen();

CREATE FUNCTION annotations_releaseitem_uses_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotations_articleimport SET is_used = TRUE WHERE NOT is_used AND id IN (SELECT a.imported_in_id FROM new_rows one JOIN annotations_article a ON a.id = one.article_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_releaseitem_uses_import AFTER INSERT ON annotations_releaseitem REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_releaseitem_uses_import();

CREATE FUNCTION annotations_releasenotice_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_releasenotice is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_releasenotice_frozen BEFORE UPDATE ON annotations_releasenotice FOR EACH ROW EXECUTE FUNCTION annotations_releasenotice_frozen();

CREATE FUNCTION annotations_releasesignature_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_releasesignature is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_releasesignature_frozen BEFORE UPDATE ON annotations_releasesignature FOR EACH ROW EXECUTE FUNCTION annotations_releasesignature_frozen();

CREATE FUNCTION annotations_round_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.scheme_id <> NEW.scheme_id THEN
        RAISE EXCEPTION 'a round keeps the scheme it was planned with' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_round_frozen BEFORE UPDATE OF scheme_id ON annotations_round FOR EACH ROW EXECUTE FUNCTION annotations_round_frozen();

CREATE FUNCTION annotations_round_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = NEW.project_id AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_round_live BEFORE INSERT ON annotations_round FOR EACH ROW EXECUTE FUNCTION annotations_round_live();

CREATE FUNCTION annotations_round_planned_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM annotations_article WHERE id IN (SELECT m.article_id FROM annotations_task m WHERE m.round_id = NEW.id AND EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = m.article_id AND t.round_id <> NEW.id)) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO annotations_plannedtally (project_id, kind, number)
    SELECT p.id, k.kind, SUM(p.by) FROM annotations_task m
    CROSS JOIN (VALUES (COALESCE(OLD.planned_for_id, OLD.project_id), -1), (COALESCE(NEW.planned_for_id, NEW.project_id), 1)) AS p(id, by)
    CROSS JOIN (VALUES (''), (NEW.kind)) AS k(kind)
    WHERE m.round_id = NEW.id AND m.status IN ('open', 'annotated', 'adjudicated') AND NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = m.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = p.id AND (k.kind = '' OR o.kind = k.kind) AND o.id <> NEW.id)
    GROUP BY p.id, k.kind;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_round_planned_move AFTER UPDATE ON annotations_round FOR EACH ROW WHEN ((COALESCE(new.planned_for_id, new.project_id) <> COALESCE(old.planned_for_id, old.project_id))) EXECUTE FUNCTION annotations_round_planned_move();

CREATE FUNCTION annotations_roundsuggestions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_roundsuggestions is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_roundsuggestions_frozen BEFORE UPDATE ON annotations_roundsuggestions FOR EACH ROW EXECUTE FUNCTION annotations_roundsuggestions_frozen();

CREATE FUNCTION annotations_scheme_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (EXISTS (SELECT 1 FROM annotations_project WHERE scheme_id = OLD.id) OR EXISTS (SELECT 1 FROM annotations_round WHERE scheme_id = OLD.id)) THEN
        RAISE EXCEPTION 'a scheme in use is immutable: make a new version' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_scheme_frozen BEFORE UPDATE OF name, version, source, sha256 ON annotations_scheme FOR EACH ROW EXECUTE FUNCTION annotations_scheme_frozen();

CREATE FUNCTION annotations_shownsuggestions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_shownsuggestions is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_shownsuggestions_frozen BEFORE UPDATE ON annotations_shownsuggestions FOR EACH ROW EXECUTE FUNCTION annotations_shownsuggestions_frozen();

CREATE FUNCTION annotations_span_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_span is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_span_frozen BEFORE UPDATE ON annotations_span FOR EACH ROW EXECUTE FUNCTION annotations_span_frozen();

CREATE FUNCTION annotations_suggestionuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN
        RAISE EXCEPTION 'annotations_suggestionuse is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_suggestionuse_frozen BEFORE UPDATE ON annotations_suggestionuse FOR EACH ROW EXECUTE FUNCTION annotations_suggestionuse_frozen();

CREATE FUNCTION annotations_task_closed_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'open' AND EXISTS (SELECT 1 FROM annotations_round WHERE id = NEW.round_id AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_task_closed_added BEFORE INSERT ON annotations_task FOR EACH ROW EXECUTE FUNCTION annotations_task_closed_added();

CREATE FUNCTION annotations_task_closed_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'open' AND EXISTS (SELECT 1 FROM annotations_round WHERE id = NEW.round_id AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the round is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_task_closed_changed BEFORE UPDATE OF status ON annotations_task FOR EACH ROW EXECUTE FUNCTION annotations_task_closed_changed();

CREATE FUNCTION annotations_task_excluded_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_article WHERE id = NEW.article_id AND excluded_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the article is excluded' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_task_excluded_added BEFORE INSERT ON annotations_task FOR EACH ROW EXECUTE FUNCTION annotations_task_excluded_added();

CREATE FUNCTION annotations_task_excluded_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_article WHERE id = NEW.article_id AND excluded_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the article is excluded' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_task_excluded_changed BEFORE UPDATE OF status ON annotations_task FOR EACH ROW EXECUTE FUNCTION annotations_task_excluded_changed();

CREATE FUNCTION annotations_task_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotations_project WHERE id = (SELECT project_id FROM annotations_round WHERE id = NEW.round_id) AND archived_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the project is archived' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER annotations_task_live BEFORE INSERT ON annotations_task FOR EACH ROW EXECUTE FUNCTION annotations_task_live();

CREATE FUNCTION annotations_task_planned_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN

    PERFORM 1 FROM annotations_article WHERE id IN (SELECT article_id FROM old_rows WHERE status IN ('open', 'annotated', 'adjudicated')) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO annotations_plannedtally (project_id, kind, number)
    SELECT c.project_id, c.kind, SUM(c.after - c.before) FROM (
        SELECT COALESCE(r.planned_for_id, r.project_id) AS project_id, k.kind, e.article_id, MAX(e.after) AS after, MAX(e.before) AS before
        FROM (SELECT article_id, round_id, 0 AS after, 1 AS before FROM old_rows WHERE status IN ('open', 'annotated', 'adjudicated')) e JOIN annotations_round r ON r.id = e.round_id
        CROSS JOIN LATERAL (VALUES (''), (r.kind)) AS k(kind)
        GROUP BY COALESCE(r.planned_for_id, r.project_id), k.kind, e.article_id HAVING MAX(e.after) <> MAX(e.before)
    ) c WHERE NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = c.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = c.project_id AND (c.kind = '' OR o.kind = c.kind) AND TRUE)
    GROUP BY c.project_id, c.kind HAVING SUM(c.after - c.before) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_planned_delete AFTER DELETE ON annotations_task REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_planned_delete();

CREATE FUNCTION annotations_task_planned_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN

    PERFORM 1 FROM annotations_article WHERE id IN (SELECT article_id FROM new_rows n WHERE n.status IN ('open', 'annotated', 'adjudicated') AND EXISTS (SELECT 1 FROM annotations_task t WHERE t.article_id = n.article_id AND t.round_id <> n.round_id)) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO annotations_plannedtally (project_id, kind, number)
    SELECT c.project_id, c.kind, SUM(c.after - c.before) FROM (
        SELECT COALESCE(r.planned_for_id, r.project_id) AS project_id, k.kind, e.article_id, MAX(e.after) AS after, MAX(e.before) AS before
        FROM (SELECT article_id, round_id, 1 AS after, 0 AS before FROM new_rows WHERE status IN ('open', 'annotated', 'adjudicated')) e JOIN annotations_round r ON r.id = e.round_id
        CROSS JOIN LATERAL (VALUES (''), (r.kind)) AS k(kind)
        GROUP BY COALESCE(r.planned_for_id, r.project_id), k.kind, e.article_id HAVING MAX(e.after) <> MAX(e.before)
    ) c WHERE NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = c.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = c.project_id AND (c.kind = '' OR o.kind = c.kind) AND t.id NOT IN (SELECT id FROM new_rows))
    GROUP BY c.project_id, c.kind HAVING SUM(c.after - c.before) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_planned_insert AFTER INSERT ON annotations_task REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_planned_insert();

CREATE FUNCTION annotations_task_planned_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT n.article_id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE (n.status IN ('open', 'annotated', 'adjudicated')) <> (o.status IN ('open', 'annotated', 'adjudicated'))) THEN RETURN NULL; END IF;
    PERFORM 1 FROM annotations_article WHERE id IN (SELECT n.article_id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE (n.status IN ('open', 'annotated', 'adjudicated')) <> (o.status IN ('open', 'annotated', 'adjudicated'))) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO annotations_plannedtally (project_id, kind, number)
    SELECT c.project_id, c.kind, SUM(c.after - c.before) FROM (
        SELECT COALESCE(r.planned_for_id, r.project_id) AS project_id, k.kind, e.article_id, MAX(e.after) AS after, MAX(e.before) AS before
        FROM (SELECT article_id, round_id, 1 AS after, 0 AS before FROM new_rows WHERE status IN ('open', 'annotated', 'adjudicated') UNION ALL SELECT article_id, round_id, 0 AS after, 1 AS before FROM old_rows WHERE status IN ('open', 'annotated', 'adjudicated')) e JOIN annotations_round r ON r.id = e.round_id
        CROSS JOIN LATERAL (VALUES (''), (r.kind)) AS k(kind)
        GROUP BY COALESCE(r.planned_for_id, r.project_id), k.kind, e.article_id HAVING MAX(e.after) <> MAX(e.before)
    ) c WHERE NOT EXISTS (SELECT 1 FROM annotations_task t JOIN annotations_round o ON o.id = t.round_id WHERE t.article_id = c.article_id AND t.status IN ('open', 'annotated', 'adjudicated') AND COALESCE(o.planned_for_id, o.project_id) = c.project_id AND (c.kind = '' OR o.kind = c.kind) AND t.id NOT IN (SELECT id FROM new_rows))
    GROUP BY c.project_id, c.kind HAVING SUM(c.after - c.before) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_planned_update AFTER UPDATE ON annotations_task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_planned_update();

CREATE FUNCTION annotations_task_tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_tasktally (round_id, status, is_claimable, number, wanted)
    SELECT round_id, status, is_claimable, SUM(number), SUM(wanted) FROM (SELECT one.round_id AS round_id, one.status AS status, (one.status = 'open' AND one.claimed < one.wanted) AS is_claimable, -(1) AS number, -(one.wanted) AS wanted FROM old_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND status IS NOT NULL AND is_claimable IS NOT NULL GROUP BY round_id, status, is_claimable HAVING SUM(number) <> 0 OR SUM(wanted) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_tally_delete AFTER DELETE ON annotations_task REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_tally_delete();

CREATE FUNCTION annotations_task_tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_tasktally (round_id, status, is_claimable, number, wanted)
    SELECT round_id, status, is_claimable, SUM(number), SUM(wanted) FROM (SELECT one.round_id AS round_id, one.status AS status, (one.status = 'open' AND one.claimed < one.wanted) AS is_claimable, +(1) AS number, +(one.wanted) AS wanted FROM new_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND status IS NOT NULL AND is_claimable IS NOT NULL GROUP BY round_id, status, is_claimable HAVING SUM(number) <> 0 OR SUM(wanted) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_tally_insert AFTER INSERT ON annotations_task REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_tally_insert();

CREATE FUNCTION annotations_task_tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotations_tasktally (round_id, status, is_claimable, number, wanted)
    SELECT round_id, status, is_claimable, SUM(number), SUM(wanted) FROM (SELECT one.round_id AS round_id, one.status AS status, (one.status = 'open' AND one.claimed < one.wanted) AS is_claimable, +(1) AS number, +(one.wanted) AS wanted FROM new_rows AS one UNION ALL SELECT one.round_id AS round_id, one.status AS status, (one.status = 'open' AND one.claimed < one.wanted) AS is_claimable, -(1) AS number, -(one.wanted) AS wanted FROM old_rows AS one) AS changed
    WHERE round_id IS NOT NULL AND status IS NOT NULL AND is_claimable IS NOT NULL GROUP BY round_id, status, is_claimable HAVING SUM(number) <> 0 OR SUM(wanted) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER annotations_task_tally_update AFTER UPDATE ON annotations_task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION annotations_task_tally_update();
