/** Every bound of the house that is not a setting, with its unit in its name. */
export const limits = {
  json_depth_max: 64,
  /** members of all objects of a body together; parsing them costs far more than their bytes */
  json_members_max: 10_000,
  url_bytes_max: 16 * 1024,
  request_headers_bytes_max: 32 * 1024,
  /** messages waiting for a batch before senders are told to come back later */
  append_queue_rows_max: 4096,
  append_queue_bytes_max: 128 * 1024 * 1024,
  append_batch_rows_max: 256,
  append_batch_bytes_max: 1024 * 1024,
  append_batches_in_flight_max: 2,
  transaction_attempts_max: 5,
  /** rows a streamed list reads at a time */
  list_page_rows_max: 500,
  /** searches that read long texts from end to end: at a time, in line behind them, and how long one may take */
  text_searches_max: 2,
  text_searches_waiting_max: 32,
  text_search_ms_max: 2_000,
  /** live views catch up from the event table for this long */
  event_retention_days: 30,
  housekeeping_rows_max: 1_000,
  /** stored files looked up at a time when unreferenced ones are swept */
  sweep_keys_max: 500,
  mailbox_cache_entries_max: 100_000,
  /** public keys kept ready for sealing, about 1 KB each */
  public_key_cache_entries_max: 4_096,
  /** signed tokens whose signature need not be checked again, about 1 KB each */
  signed_token_cache_entries_max: 4_096,
  rate_limiter_entries_max: 100_000,
  /** sockets that look on, in one process and of one user */
  live_sockets_max: 10_000,
  live_sockets_per_user_max: 50,
  /** of a frame that a client sends; the one it has to send is much shorter */
  live_inbound_bytes_max: 1024,
  live_inbound_frames_per_minute_max: 600,
  /** what may wait for a client that does not read */
  live_outgoing_bytes_max: 256 * 1024,
  drain_seconds_max: 8,
  retry_after_seconds: 1,
} as const;
