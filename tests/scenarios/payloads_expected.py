"""What becomes of each shape that Slack is known to send, from the channel of an incident."""

from collections.abc import Mapping


class Stored:
    def __init__(self, *tables: str) -> None:
        self.tables = set(tables)


class Dropped:
    def __init__(self, why: str) -> None:
        self.why = why
        self.tables = set[str]()


WORDS = Stored("timeline_event", "revision")
MARK = Stored("timeline_event")
CHANNEL, MEMBER = Stored("channel"), Stored("member")
CHANNEL_GONE = Stored("channel", "coverage", "refill", "timeline_event")
READ_AGAIN, MISSING = Stored("refill"), Stored("timeline_event")
CHANNEL_MOVED = Stored("channel", "coverage", "incident", "refill", "timeline_event")
WORKSPACE = LEFT = Stored("workspace")
NO_REQUEST = Dropped("an answer of the Web API, which Slack never sends as a request")
NO_DIALOGS = Dropped("we open modals, never a dialog of the old kind")
NOT_OURS = Dropped("a blank name: no command, button or modal of ours")
SAID_ELSEWHERE = Dropped("the same words arrive as a message event")
NOT_ASKED_FOR = Dropped("we subscribe to no such event, and may get it all the same")

EXPECTED: Mapping[str, Stored | Dropped] = {
    "api__auth.test": NO_REQUEST,
    "api__conversations.list": NO_REQUEST,
    "api__users.list": NO_REQUEST,
    "api__views.open": NO_REQUEST,
    "app-backend__dialogs__DialogCancellationPayload": NO_DIALOGS,
    "app-backend__dialogs__DialogSubmissionPayload": NO_DIALOGS,
    "app-backend__dialogs__DialogSuggestionPayload": NO_DIALOGS,
    "app-backend__interactive-components__AttachmentActionPayload": NOT_OURS,
    "app-backend__interactive-components__BlockActionPayload": NOT_OURS,
    "app-backend__interactive-components__MessageShortcutPayload": NOT_OURS,
    "app-backend__slash-commands__SlashCommandPayload": NOT_OURS,
    "app-backend__views__ViewClosedPayload": NOT_OURS,
    "app-backend__views__ViewSubmissionPayload": NOT_OURS,
    "events__AppHomeOpenedPayload": Dropped("answered with a view; there is nothing to keep"),
    "events__AppMentionPayload": SAID_ELSEWHERE,
    "events__AppRateLimitedPayload": NOT_ASKED_FOR,
    "events__AppRequestedPayload": NOT_ASKED_FOR,
    "events__AppUninstalledPayload": LEFT,
    "events__CallRejectedPayload": NOT_ASKED_FOR,
    "events__ChannelArchivePayload": CHANNEL,
    "events__ChannelCreatedPayload": NOT_ASKED_FOR,
    "events__ChannelDeletedPayload": CHANNEL_GONE,
    "events__ChannelHistoryChangedPayload": READ_AGAIN,
    "events__ChannelIdChangedPayload": CHANNEL_MOVED,
    "events__ChannelLeftPayload": MISSING,
    "events__ChannelRenamePayload": CHANNEL,
    "events__ChannelSharedPayload": Stored("channel", "refill"),
    "events__ChannelUnarchivePayload": Stored("incident", "refill"),
    "events__ChannelUnsharedPayload": READ_AGAIN,
    "events__DndUpdatedPayload": NOT_ASKED_FOR,
    "events__DndUpdatedUserPayload": NOT_ASKED_FOR,
    "events__EmailDomainChangedPayload": NOT_ASKED_FOR,
    "events__EmojiChangedPayload": NOT_ASKED_FOR,
    "events__FileChangePayload": NOT_ASKED_FOR,
    "events__FileCreatedPayload": NOT_ASKED_FOR,
    "events__FileDeletedPayload": NOT_ASKED_FOR,
    "events__FilePublicPayload": NOT_ASKED_FOR,
    "events__FileSharedPayload": NOT_ASKED_FOR,
    "events__FileUnsharedPayload": NOT_ASKED_FOR,
    "events__GoodbyePayload": NOT_ASKED_FOR,
    "events__GridMigrationFinishedPayload": NOT_ASKED_FOR,
    "events__GridMigrationStartedPayload": NOT_ASKED_FOR,
    "events__GroupArchivePayload": CHANNEL,
    "events__GroupClosePayload": NOT_ASKED_FOR,
    "events__GroupDeletedPayload": CHANNEL_GONE,
    "events__GroupHistoryChangedPayload": READ_AGAIN,
    "events__GroupLeftPayload": MISSING,
    "events__GroupOpenPayload": NOT_ASKED_FOR,
    "events__GroupRenamePayload": CHANNEL,
    "events__GroupUnarchivePayload": Stored("incident", "refill"),
    "events__ImClosePayload": NOT_ASKED_FOR,
    "events__ImCreatedPayload": NOT_ASKED_FOR,
    "events__ImHistoryChangedPayload": NOT_ASKED_FOR,
    "events__ImOpenPayload": NOT_ASKED_FOR,
    "events__InviteRequestedPayload": NOT_ASKED_FOR,
    "events__LinkSharedPayload": NOT_ASKED_FOR,
    "events__MemberJoinedChannelPayload": Stored("channel_member"),
    "events__MemberLeftChannelPayload": NOT_ASKED_FOR,
    "events__MessageBotPayload": WORDS,
    "events__MessageChangedPayload": WORDS,
    "events__MessageChannelArchivePayload": WORDS,
    "events__MessageChannelJoinPayload": WORDS,
    "events__MessageChannelLeavePayload": WORDS,
    "events__MessageChannelNamePayload": WORDS,
    "events__MessageChannelPostingPermissionsPayload": WORDS,
    "events__MessageChannelPurposePayload": WORDS,
    "events__MessageChannelTopicPayload": WORDS,
    "events__MessageChannelUnarchivePayload": WORDS,
    "events__MessageDeletedPayload": WORDS,
    "events__MessageEkmAccessDeniedPayload": Stored("timeline_event"),
    "events__MessageFileSharePayload": WORDS,
    "events__MessageGroupTopicPayload": WORDS,
    "events__MessageMePayload": WORDS,
    "events__MessagePayload": WORDS,
    "events__MessageRepliedPayload": Dropped("the reply itself arrives as a message of its own"),
    "events__MessageThreadBroadcastPayload": WORDS,
    "events__PinAddedPayload": Stored("timeline_event", "message_mark"),
    "events__PinRemovedPayload": MARK,
    "events__ReactionAddedPayload": MARK,
    "events__ReactionRemovedPayload": MARK,
    "events__ResourcesAddedPayload": NOT_ASKED_FOR,
    "events__ResourcesRemovedPayload": NOT_ASKED_FOR,
    "events__ScopeDeniedPayload": NOT_ASKED_FOR,
    "events__ScopeGrantedPayload": NOT_ASKED_FOR,
    "events__StarAddedPayload": NOT_ASKED_FOR,
    "events__StarRemovedPayload": NOT_ASKED_FOR,
    "events__SubteamCreatedPayload": NOT_ASKED_FOR,
    "events__SubteamMembersChangedPayload": NOT_ASKED_FOR,
    "events__SubteamSelfAddedPayload": NOT_ASKED_FOR,
    "events__SubteamSelfRemovedPayload": NOT_ASKED_FOR,
    "events__SubteamUpdatedPayload": NOT_ASKED_FOR,
    "events__TeamAccessGrantedPayload": NOT_ASKED_FOR,
    "events__TeamAccessRevokedPayload": NOT_ASKED_FOR,
    "events__TeamDomainChangePayload": WORKSPACE,
    "events__TeamJoinPayload": MEMBER,
    "events__TeamRenamePayload": WORKSPACE,
    "events__TokensRevokedPayload": LEFT,
    "events__UserChangePayload": MEMBER,
    "events__UserHuddleChangedPayload": NOT_ASKED_FOR,
    "events__UserProfileChangedPayload": MEMBER,
    "events__UserResourceDeniedPayload": NOT_ASKED_FOR,
    "events__UserResourceGrantedPayload": NOT_ASKED_FOR,
    "events__UserResourceRemovedPayload": NOT_ASKED_FOR,
    "events__UserStatusChangedPayload": NOT_ASKED_FOR,
    "events__WorkflowDeletedPayload": NOT_ASKED_FOR,
    "events__WorkflowPublishedPayload": NOT_ASKED_FOR,
    "events__WorkflowStepDeletedPayload": NOT_ASKED_FOR,
    "events__WorkflowStepExecutePayload": NOT_ASKED_FOR,
    "events__WorkflowUnpublishedPayload": NOT_ASKED_FOR,
}
"""By the name of its file. A shape that is new needs a line here."""
