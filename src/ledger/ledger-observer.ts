/** What the write side tells operators: figures and alarms. */
export abstract class LedgerObserver {
  /** @param outcome `booked`, `replayed`, a refusal's code, or a store failure's name */
  abstract command(type: string, outcome: string): void;
  /** One append of a group of commands that came back, well or not. */
  abstract append(events: number, seconds: number): void;
  /** Something that an operator has to look at although the ledger went on. */
  abstract alarm(message: string, fields: Readonly<Record<string, unknown>>): void;
}
