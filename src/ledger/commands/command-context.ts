/** Who sends a command, and under which key. */
export interface CommandContext {
  /** 1–255 visible ASCII characters, scoped to the main account, kept for ever. */
  readonly idempotencyKey: string;
  /** The principal's id: an API key's or a token subject's. Kept in the event; no personal data. */
  readonly actor: string;
  readonly correlationId: string;
  /** Id of the message that caused the command. */
  readonly causationId: string;
}
