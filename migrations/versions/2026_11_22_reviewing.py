"""What reviewing needs: versions of one review, its ledger, comments, sign-off and amendments.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import copilot.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_policy_version",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_policy_version")),
        sa.UniqueConstraint(
            "team_id", "version", name=op.f("uq_review_policy_version_team_id_version")
        ),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("occurred_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("set_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["timeline_event.id"],
            name=op.f("fk_milestone_event_id_timeline_event"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_milestone_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_milestone_incident", ["incident_id", "kind"], unique=False)

    op.create_table(
        "sign_off",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("signed_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "heading",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_sign_off_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["review.id"],
            name=op.f("fk_sign_off_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_sign_off_incident_id")),
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sign_off_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "new_claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("written_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_amendment_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["new_claim_id"],
            ["claim.id"],
            name=op.f("fk_amendment_new_claim_id_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sign_off_id"],
            ["sign_off.id"],
            name=op.f("fk_amendment_sign_off_id_sign_off"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("sign_off_id", "number", name=op.f("uq_amendment_sign_off_id_number")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_amendment_new_claim_id"), ["new_claim_id"], unique=False
        )

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column(
            "details",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_ledger_entry_claim_id_claim"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_ledger_entry_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_claim", ["claim_id"], unique=False)
        batch_op.create_index("ix_ledger_incident", ["incident_id", "recorded_at"], unique=False)
        batch_op.create_index("ix_ledger_team", ["team_id", "recorded_at"], unique=False)
        batch_op.create_index(
            "uq_ledger_drafted_once",
            ["claim_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'drafted'"),
            postgresql_where=sa.text("kind = 'drafted'"),
        )

    op.create_table(
        "review_comment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("written_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("settled_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_review_comment_claim_id_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_review_comment_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_comment_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_review_comment_incident_id"), ["incident_id"], unique=False
        )

    op.create_table(
        "review_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column(
            "revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("noticed_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("told_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_review_notice_claim_id_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_review_notice_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_notice")),
        sa.UniqueConstraint(
            "claim_id",
            "user_id",
            "revision_id",
            name=op.f("uq_review_notice_claim_id_user_id_revision_id"),
        ),
    )
    with op.batch_alter_table("review_notice", schema=None) as batch_op:
        batch_op.create_index("ix_review_notice_untold", ["told_at"], unique=False)

    op.create_table(
        "seeded_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alteration", sa.String(length=24), nullable=False),
        sa.Column("shown_at", copilot.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", copilot.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_caught", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claim.id"],
            name=op.f("fk_seeded_check_claim_id_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_seeded_check_incident_id_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeded_check")),
        sa.UniqueConstraint("claim_id", "person", name=op.f("uq_seeded_check_claim_id_person")),
    )
    with op.batch_alter_table("seeded_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seeded_check_incident_id"), ["incident_id"], unique=False
        )

    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citation_revision_id"), ["revision_id"], unique=False)

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "proposed_for_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "withdrawn_in_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("judged", sa.String(length=16), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_claim_proposed_for_id"), ["proposed_for_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_claim_withdrawn_in_id"), ["withdrawn_in_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_claim_withdrawn_in_id_review"),
            "review",
            ["withdrawn_in_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_claim_proposed_for_id_claim"),
            "claim",
            ["proposed_for_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("review_debt_minutes", sa.Float(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("time_zone", sa.String(length=64), server_default="", nullable=False)
        )

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "left_out",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sections",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sections_left",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "waits_for_people", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "drafter_memory",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="{}",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("fell_back_because", sa.Text(), nullable=True))

    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "merged_into_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_suggestion_merged_into_id_follow_up"),
            "follow_up",
            ["merged_into_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("verification_act", schema=None) as batch_op:
        batch_op.add_column(sa.Column("before", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "sources",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("user_id", sa.String(length=64), nullable=True))

    op.execute(
        """
        UPDATE claim SET withdrawn_in_id = (
            SELECT min(later.id) FROM review AS later
            JOIN review AS own ON own.id = claim.review_id
            WHERE later.incident_id = own.incident_id AND later.version = own.version + 1
        )
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("verification_act", schema=None) as batch_op:
        batch_op.drop_column("user_id")
        batch_op.drop_column("sources")
        batch_op.drop_column("before")

    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_suggestion_merged_into_id_follow_up"), type_="foreignkey"
        )
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_column("fell_back_because")
        batch_op.drop_column("drafter_memory")
        batch_op.drop_column("waits_for_people")
        batch_op.drop_column("sections_left")
        batch_op.drop_column("sections")
        batch_op.drop_column("left_out")

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("time_zone")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_column("review_debt_minutes")
        batch_op.drop_column("time_zone")

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_proposed_for_id_claim"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_claim_withdrawn_in_id_review"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claim_withdrawn_in_id"))
        batch_op.drop_index(batch_op.f("ix_claim_proposed_for_id"))
        batch_op.drop_column("judged")
        batch_op.drop_column("withdrawn_by")
        batch_op.drop_column("withdrawn_in_id")
        batch_op.drop_column("proposed_for_id")

    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_citation_revision_id"))
        batch_op.drop_index(batch_op.f("ix_citation_event_id"))

    with op.batch_alter_table("seeded_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seeded_check_incident_id"))

    op.drop_table("seeded_check")
    with op.batch_alter_table("review_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_review_notice_untold")

    op.drop_table("review_notice")
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_comment_incident_id"))
        batch_op.drop_index(batch_op.f("ix_review_comment_claim_id"))

    op.drop_table("review_comment")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_drafted_once",
            sqlite_where=sa.text("kind = 'drafted'"),
            postgresql_where=sa.text("kind = 'drafted'"),
        )
        batch_op.drop_index("ix_ledger_team")
        batch_op.drop_index("ix_ledger_incident")
        batch_op.drop_index("ix_ledger_claim")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_new_claim_id"))
        batch_op.drop_index(batch_op.f("ix_amendment_claim_id"))

    op.drop_table("amendment")
    op.drop_table("sign_off")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index("ix_milestone_incident")
        batch_op.drop_index(batch_op.f("ix_milestone_event_id"))

    op.drop_table("milestone")
    op.drop_table("review_policy_version")
