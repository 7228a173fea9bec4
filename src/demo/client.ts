export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Speaks to the service as a billing service does: each command with its key, each query from after the last command. */
export class Client {
  private commands = 0;
  /** Position of the last command: queries are never answered from before it. */
  private position = '0';

  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  async command(path: string, body?: object, idempotencyKey = `demo-${++this.commands}`): Promise<Answer> {
    const answer = await this.send(path, {
      method: 'POST',
      headers: { 'Idempotency-Key': idempotencyKey, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    this.position = answer.headers.get('Ledger-Position') ?? this.position;
    return answer;
  }

  query(path: string): Promise<Answer> {
    return this.send(path, { headers: { 'Ledger-At-Least': this.position } });
  }

  /** A path that opens the dashboard once. */
  async signInLink(): Promise<string> {
    const response = await fetch(`${this.url}/v1/api-keys/bootstrap/sign-in-links`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}` },
    });
    return ((await response.json()) as { path: string }).path;
  }

  private async send(
    path: string,
    init: { method?: string; headers: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const headers = { ...init.headers, Authorization: `Bearer ${this.key}` };
    const response = await fetch(`${this.url}/v1/main-accounts${path}`, { ...init, headers });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }
}
