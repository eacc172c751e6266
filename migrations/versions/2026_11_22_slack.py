"""What Slack in full needs: installations, coverage, refills, marks, roles, headline, quiet.

Revision ID: 0002
Revises: 0001
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import copilot.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_member")),
        sa.UniqueConstraint(
            "team_id",
            "channel_id",
            "user_id",
            name=op.f("uq_channel_member_team_id_channel_id_user_id"),
        ),
    )
    op.create_table(
        "coverage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("whole_until_ts", sa.String(length=32), nullable=False),
        sa.Column("check_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint("team_id", "channel_id", name=op.f("uq_coverage_team_id_channel_id")),
    )
    op.create_table(
        "install_attempt",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_install_attempt")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("app_id", sa.String(length=32), nullable=False),
        sa.Column("bot_user_id", sa.String(length=32), nullable=False),
        sa.Column("bot_id", sa.String(length=32), nullable=True),
        sa.Column("bot_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("refreshing_until", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("installed_by", sa.String(length=32), nullable=True),
        sa.Column("installed_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint(
            "enterprise_id", "team_id", name=op.f("uq_installation_enterprise_id_team_id")
        ),
    )
    op.create_table(
        "last_event",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("arrived_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_last_event")),
    )
    op.create_table(
        "message_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("message_ts", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("marked_by", sa.String(length=64), nullable=False),
        sa.Column("marked_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_mark")),
        sa.UniqueConstraint(
            "team_id",
            "channel_id",
            "message_ts",
            "kind",
            "source",
            "marked_by",
            name=op.f("uq_message_mark_team_id_channel_id_message_ts_kind_source_marked_by"),
        ),
    )
    op.create_table(
        "noise_policy_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "policy",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noise_policy_version")),
        sa.UniqueConstraint(
            "team_id", "version", name=op.f("uq_noise_policy_version_team_id_version")
        ),
    )
    op.create_table(
        "read_pace",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("next_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("limited_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("slow_until", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_pace")),
        sa.UniqueConstraint("team_id", "method", name=op.f("uq_read_pace_team_id_method")),
    )
    op.create_table(
        "refill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("from_ts", sa.String(length=32), nullable=False),
        sa.Column("until_ts", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column(
            "progress",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("due_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refill")),
    )
    with op.batch_alter_table("refill", schema=None) as batch_op:
        batch_op.create_index("ix_refill_channel", ["team_id", "channel_id"], unique=False)
        batch_op.create_index("ix_refill_due", ["due_at"], unique=False)

    op.create_table(
        "spent_login_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_login_link")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("from_id", sa.String(length=64), nullable=True),
        sa.Column("to_id", sa.String(length=64), nullable=False),
        sa.Column("handed_by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("brief_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("briefed_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_handover_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index("ix_handover_unbriefed", ["briefed_at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("asked_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("invited_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_invitation_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "incident_id", "user_id", name=op.f("uq_invitation_incident_id_user_id")
        ),
    )
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("assigned_by", sa.String(length=64), nullable=False),
        sa.Column("assigned_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_role_assignment_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
        sa.UniqueConstraint(
            "incident_id", "role", name=op.f("uq_role_assignment_incident_id_role")
        ),
    )
    op.create_table(
        "source_opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "suggestion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("message_ts", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_source_opening_suggestion_id_suggestion"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_opening")),
    )
    with op.batch_alter_table("source_opening", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_source_opening_suggestion_id"), ["suggestion_id"], unique=False
        )

    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "is_archived", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("is_shared", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("next_post_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("members_known_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_ts", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("done_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("done_by", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("withdrawn_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            "uq_follow_up_source",
            ["incident_id", "source_ts"],
            unique=True,
            postgresql_where=sa.text("source_ts IS NOT NULL"),
            sqlite_where=sa.text("source_ts IS NOT NULL"),
        )

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("review_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("review_attempts", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "has_own_channel", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("headline_version", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("headline_drawn_version", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("headline_ts", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("headline_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("headline_attempts", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("headline_postings", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "headline_is_pinned",
                sa.Boolean(),
                server_default=sa.text("(false)"),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("headline_topic", sa.String(length=250), nullable=True))
        batch_op.add_column(sa.Column("headline_failure", sa.Text(), nullable=True))
        batch_op.drop_column("backfill_due_at")

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_admin", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("is_guest", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "is_deactivated", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
            )
        )

    with op.batch_alter_table("pacing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quiet_until", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("quiet_by", sa.String(length=64), nullable=True))

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("disconnected_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("enterprise_id", sa.String(length=32), server_default="", nullable=False)
        )

    # Who is a guest or an admin is not known of anybody yet: have Slack asked.
    workspace = sa.table(
        "workspace", sa.column("sync_due_at", copilot.db.UtcDateTime(timezone=True))
    )
    op.execute(workspace.update().values(sync_due_at=datetime(2026, 1, 1, tzinfo=UTC)))


def downgrade() -> None:
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("enterprise_id")
        batch_op.drop_column("disconnected_at")

    with op.batch_alter_table("pacing", schema=None) as batch_op:
        batch_op.drop_column("quiet_by")
        batch_op.drop_column("quiet_until")

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("is_deactivated")
        batch_op.drop_column("is_guest")
        batch_op.drop_column("is_admin")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("backfill_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.drop_column("headline_failure")
        batch_op.drop_column("headline_topic")
        batch_op.drop_column("headline_is_pinned")
        batch_op.drop_column("headline_postings")
        batch_op.drop_column("headline_attempts")
        batch_op.drop_column("headline_due_at")
        batch_op.drop_column("headline_ts")
        batch_op.drop_column("headline_drawn_version")
        batch_op.drop_column("headline_version")
        batch_op.drop_column("has_own_channel")
        batch_op.drop_column("review_attempts")
        batch_op.drop_column("review_due_at")

    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_follow_up_source",
            postgresql_where=sa.text("source_ts IS NOT NULL"),
            sqlite_where=sa.text("source_ts IS NOT NULL"),
        )
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("done_by")
        batch_op.drop_column("done_at")
        batch_op.drop_column("source_ts")

    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_column("members_known_at")
        batch_op.drop_column("next_post_at")
        batch_op.drop_column("is_shared")
        batch_op.drop_column("is_archived")

    with op.batch_alter_table("source_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_opening_suggestion_id"))

    op.drop_table("source_opening")
    op.drop_table("role_assignment")
    op.drop_table("invitation")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_unbriefed")
        batch_op.drop_index(batch_op.f("ix_handover_incident_id"))

    op.drop_table("handover")
    op.drop_table("spent_login_link")
    with op.batch_alter_table("refill", schema=None) as batch_op:
        batch_op.drop_index("ix_refill_due")
        batch_op.drop_index("ix_refill_channel")

    op.drop_table("refill")
    op.drop_table("read_pace")
    op.drop_table("noise_policy_version")
    op.drop_table("message_mark")
    op.drop_table("last_event")
    op.drop_table("installation")
    op.drop_table("install_attempt")
    op.drop_table("coverage")
    op.drop_table("channel_member")
