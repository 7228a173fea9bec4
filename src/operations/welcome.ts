/** What a first start prints: the key, which cannot be had again, the way to the dashboard, and three lines that use the key. */
export function welcome(url: string, key: string, keptIn: string, signInPath: string): string {
  const accounts = `${url}/v1/main-accounts`;
  const authorization = `-H 'Authorization: Bearer ${key}'`;
  // Pasted together, each answer is on a line of its own.
  const curl = String.raw`curl -w '\n' ${accounts}`;
  const post = (path: string, idempotencyKey: string, body: object): string =>
    `${curl}${path} ${authorization} -H 'Idempotency-Key: ${idempotencyKey}' ` +
    `-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return `
This is the first start, so a first API key was made. It may do everything, and is shown only this once:

  ${key}

Its hash is kept in ${keptIn}. This link opens the dashboard, once:

  ${url}${signInPath}

Three lines to try:

${post('', 'first-1', { mainAccountId: 'acme', currency: 'EUR' })}
${post('/acme/purchases', 'first-2', { amount: '110.2580', reference: 'first purchase' })}
${curl}/acme ${authorization}
`;
}
