"""What an error of Slack's Web API means for whoever asked, one sort each.

    PASSES     it passes by itself: tried again, until the message is of no use any more
    UNCLEAR    some of it may have been done: looked up first, then tried again
    DOUBTFUL   somebody must mend it, or it passes: an admin hears after five minutes, it is tried for an hour
    FINAL      the same again ends the same, until somebody mends it: stopped, and an admin told

What Slack does not document is doubtful. The sorts are of the errors of posting, editing, files and look-ups; those of
other methods have them too where they are the same words. https://docs.slack.dev/reference/methods has a page for each
method; `bot/sandbox/rules/errors.py` has what each page lists.
"""

PASSES, UNCLEAR, DOUBTFUL, FINAL = "passes", "unclear", "doubtful", "final"

# `ratelimited` comes with 429, and inside a 200 as well; `rate_limited` is posting's own word for it.
LIMITS = frozenset({"ratelimited", "rate_limited"})

_PASSING = LIMITS | {
    # The workspace, or the channel, is being moved to an organisation.
    *("team_added_to_org", "org_login_required", "external_channel_migrating"),
    "invalid_cursor",  # of a list that has changed meanwhile: it is begun anew
}
_UNCLEAR = {
    # Slack's words for these: it is possible that some aspect of the operation succeeded.
    *("internal_error", "fatal_error", "request_timeout", "service_unavailable"),
    *("update_failed", "file_update_failed", "unable_to_share_files", "list_record_comment_fetch_failed"),
}
_DOUBTFUL = {
    "message_limit_exceeded",  # a free workspace has sent too many messages
    *("access_denied", "accesslimited", "ekm_access_denied"),
    *("storage_limit_reached", "max_file_sharing_exceeded"),
    "file_not_found",  # of one that was sent just now: it is sent anew
}
_FINAL = {
    # Who asks
    *("not_authed", "invalid_auth", "account_inactive", "token_expired", "token_revoked", "two_factor_setup_required"),
    *("missing_scope", "no_permission", "not_allowed_token_type", "team_access_not_granted", "app_access_restricted"),
    *("enterprise_is_restricted", "as_user_not_supported", "send_on_behalf_not_allowed", "team_not_found"),
    *("user_is_external_guest", "metadata_must_be_sent_from_app"),
    # Whom or where
    *("channel_not_found", "invalid_channel", "not_in_channel", "is_archived", "is_inactive", "messages_tab_disabled"),
    *("channel_is_limited_access", "method_not_supported_for_channel_type", "posting_to_channel_denied"),
    *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
    *("restricted_action_non_threadable_channel", "restricted_action_thread_locked", "cannot_reply_to_message"),
    *("user_not_found", "users_not_found", "user_not_visible", "user_disabled", "invalid_user_combination"),
    *("not_enough_users", "too_many_users", "users_list_not_supplied", "channels_limit_exceeded"),
    # Which message
    *("message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed", "cant_broadcast_message"),
    *("no_dual_broadcast_content_update", "streaming_state_conflict", "block_mismatch"),
    *("duplicate_channel_not_found", "duplicate_message_not_found"),
    *("draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found"),
    # What it says
    *("no_text", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"),
    *("markdown_text_conflict", "too_many_contact_cards"),
    *("invalid_attachments", "too_many_attachments", "attachment_payload_limit_exceeded"),
    *("invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "invalid_metadata_filter_keys"),
    *("slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked"),
    *("slack_connect_lists_sharing_blocked", "slack_connect_clip_sharing_blocked"),
    *("slack_connect_file_upload_sharing_blocked", "slack_connect_blocked_file_type"),
    # Files
    *("file_deleted", "file_is_deleted", "missing_file_data", "cant_delete_file", "delete_not_allowed"),
    *("file_deleting_disabled", "file_uploads_disabled", "file_uploads_except_images_disabled"),
    *("file_type_not_allowed", "blocked_file_type", "file_upload_size_restricted", "file_share_limit_reached"),
    *("alt_txt_too_large", "snippet_too_large", "unknown_snippet_type", "unknown_subtype"),
    # How it is asked
    *("missing_argument", "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_charset"),
    *("invalid_form_data", "invalid_post_type", "missing_post_type", "method_deprecated", "deprecated_endpoint"),
    *("invalid_limit", "invalid_types", "invalid_ts_latest", "invalid_ts_oldest"),
}

SORTS = {
    **dict.fromkeys(_PASSING, PASSES),
    **dict.fromkeys(_UNCLEAR, UNCLEAR),
    **dict.fromkeys(_DOUBTFUL, DOUBTFUL),
    **dict.fromkeys(_FINAL, FINAL),
}


def sort_of(error: str) -> str:
    """The sort of an error, by Slack's word for it."""
    return SORTS.get(error, DOUBTFUL)
