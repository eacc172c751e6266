"""What suggesting needs: every verdict, calibration, budgets of people and of tokens.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import copilot.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=True),
        sa.Column(
            "facts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "told",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("told_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_notice")),
        sa.UniqueConstraint("team_id", "subject", name=op.f("uq_admin_notice_team_id_subject")),
    )
    with op.batch_alter_table("admin_notice", schema=None) as batch_op:
        batch_op.create_index("ix_admin_notice_untold", ["told_at", "due_at"], unique=False)

    op.create_table(
        "attention",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_attention")),
    )
    op.create_table(
        "calibration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("fitted_on", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column(
            "parameters",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("error_before", sa.Float(), nullable=True),
        sa.Column("error_after", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("fitted_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["calibration.id"],
            name=op.f("fk_calibration_undoes_id_calibration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.create_index(
            "ix_calibration_in_force", ["team_id", "engine", "fitted_at"], unique=False
        )

    op.create_table(
        "learning",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("learned_through", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fitted_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_learning")),
    )
    op.create_table(
        "token_budget",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "scope", name=op.f("pk_token_budget")),
    )
    op.create_table(
        "audience",
        sa.Column(
            "delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("met_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_audience_delivery_id_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "user_id", name=op.f("pk_audience")),
    )
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.create_index("ix_audience_met", ["team_id", "user_id", "met_at"], unique=False)

    op.create_table(
        "adaptation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "suggestion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("old_rate", sa.Float(), nullable=False),
        sa.Column("new_rate", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_adaptation_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_adaptation_suggestion_id_suggestion"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["adaptation.id"],
            name=op.f("fk_adaptation_undoes_id_adaptation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adaptation")),
    )
    with op.batch_alter_table("adaptation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_adaptation_incident_id"), ["incident_id"], unique=False
        )

    op.create_table(
        "verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "suggestion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column(
            "details",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("judged_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_verdict_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestion.id"],
            name=op.f("fk_verdict_suggestion_id_suggestion"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index("ix_verdict_incident", ["incident_id", "judged_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_verdict_suggestion_id"), ["suggestion_id"], unique=False
        )

    with op.batch_alter_table("model_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prompt_version", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("input_tokens", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("output_tokens", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "details",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="{}",
                nullable=False,
            )
        )

    with op.batch_alter_table("noise_policy_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(length=16), server_default="person", nullable=False)
        )
        batch_op.add_column(sa.Column("undoes", sa.Integer(), nullable=True))

    with op.batch_alter_table("pacing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("last_post_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("rate", sa.Float(), server_default="1", nullable=False))
        batch_op.add_column(
            sa.Column("fallback_since", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("fallback_told_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("fallback_because", sa.String(length=200), nullable=True))
        batch_op.add_column(
            sa.Column("fallback_due_at", copilot.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("fallback_attempts", sa.Integer(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raw_confidence", sa.Float(), nullable=True))
        batch_op.create_index(batch_op.f("ix_suggestion_decided_at"), ["decided_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_decided_at"))
        batch_op.drop_column("raw_confidence")

    with op.batch_alter_table("pacing", schema=None) as batch_op:
        batch_op.drop_column("fallback_attempts")
        batch_op.drop_column("fallback_due_at")
        batch_op.drop_column("fallback_because")
        batch_op.drop_column("fallback_told_at")
        batch_op.drop_column("fallback_since")
        batch_op.drop_column("rate")
        batch_op.drop_column("last_post_at")

    with op.batch_alter_table("noise_policy_version", schema=None) as batch_op:
        batch_op.drop_column("undoes")
        batch_op.drop_column("origin")

    with op.batch_alter_table("model_run", schema=None) as batch_op:
        batch_op.drop_column("details")
        batch_op.drop_column("output_tokens")
        batch_op.drop_column("input_tokens")
        batch_op.drop_column("prompt_version")

    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_suggestion_id"))
        batch_op.drop_index("ix_verdict_incident")

    op.drop_table("verdict")
    with op.batch_alter_table("adaptation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adaptation_incident_id"))

    op.drop_table("adaptation")
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_index("ix_audience_met")

    op.drop_table("audience")
    op.drop_table("token_budget")
    op.drop_table("learning")
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.drop_index("ix_calibration_in_force")

    op.drop_table("calibration")
    op.drop_table("attention")
    with op.batch_alter_table("admin_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_admin_notice_untold")

    op.drop_table("admin_notice")
