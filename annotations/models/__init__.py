"""The tables: one module a stage of an article's life, one migration history."""

from annotations.models.accounts import ApiToken, SignInLink, TokenScope, User
from annotations.models.adjudication import Decision, DecisionReason, Gold, GoldStatus, ReasonKind
from annotations.models.assignment import (
    CLAIM_HOLDING_STATUSES,
    LIVE_STATUSES,
    PLANNED_KINDS,
    Assignment,
    AssignmentStatus,
    Participant,
    Round,
    RoundKind,
    Task,
    TaskStatus,
)
from annotations.models.audit import Event
from annotations.models.choosing import ArticleSet, ArticleValue
from annotations.models.collection import (
    Annotation,
    AnnotationOrigin,
    NotedAnnotation,
    QuarantinedItem,
    Relation,
    Span,
    StudioDraft,
)
from annotations.models.corpus import (
    Article,
    ArticleImport,
    ArticleSourceMap,
    Block,
    BlockKind,
    ImportFile,
    ImportStatus,
)
from annotations.models.drafts import SchemeDraft, SchemeDraftStep
from annotations.models.gold import CardAnswer, Release, ReleaseFile, ReleaseItem, ReleaseNotice, ReleaseState
from annotations.models.health import WriteProbe
from annotations.models.imports import AnnotationImport, ForeignAnnotator, ImportedAs
from annotations.models.jobs import Job, JobStatus
from annotations.models.likeness import ArticleSketch, DuplicateCluster, DuplicateMember, Verdict
from annotations.models.predictions import (
    Prediction,
    Predictor,
    RoundSuggestions,
    ShownSuggestions,
    SuggestionUse,
)
from annotations.models.projects import (
    GuidelineRevision,
    Invitation,
    Membership,
    ModelAnnotator,
    Project,
    Role,
    Scheme,
    Standing,
)
from annotations.models.reliability import AgreementBlock, AgreementFile, AgreementReport, AgreementStatistics
from annotations.models.tallies import ArticleTally, AssignmentTally, ImportTally, TaskTally

__all__ = [
    "CLAIM_HOLDING_STATUSES",
    "LIVE_STATUSES",
    "PLANNED_KINDS",
    "AgreementBlock",
    "AgreementFile",
    "AgreementReport",
    "AgreementStatistics",
    "Annotation",
    "AnnotationImport",
    "AnnotationOrigin",
    "ApiToken",
    "Article",
    "ArticleImport",
    "ArticleSet",
    "ArticleSketch",
    "ArticleSourceMap",
    "ArticleTally",
    "ArticleValue",
    "Assignment",
    "AssignmentStatus",
    "AssignmentTally",
    "Block",
    "BlockKind",
    "CardAnswer",
    "Decision",
    "DecisionReason",
    "DuplicateCluster",
    "DuplicateMember",
    "Event",
    "ForeignAnnotator",
    "Gold",
    "GoldStatus",
    "GuidelineRevision",
    "ImportFile",
    "ImportStatus",
    "ImportTally",
    "ImportedAs",
    "Invitation",
    "Job",
    "JobStatus",
    "Membership",
    "ModelAnnotator",
    "NotedAnnotation",
    "Participant",
    "Prediction",
    "Predictor",
    "Project",
    "QuarantinedItem",
    "ReasonKind",
    "Relation",
    "Release",
    "ReleaseFile",
    "ReleaseItem",
    "ReleaseNotice",
    "ReleaseState",
    "Role",
    "Round",
    "RoundKind",
    "RoundSuggestions",
    "Scheme",
    "SchemeDraft",
    "SchemeDraftStep",
    "ShownSuggestions",
    "SignInLink",
    "Span",
    "Standing",
    "StudioDraft",
    "SuggestionUse",
    "Task",
    "TaskStatus",
    "TaskTally",
    "TokenScope",
    "User",
    "Verdict",
    "WriteProbe",
]
