/** What the ceilings answer, as long as the ledger's answers. To a command: */
export const RECEIPT = {
  eventId: 'b3c5c0a2-6f0b-5b7e-9d3c-0d8f8f6b1c11',
  type: 'CreditAllocated',
  mainAccountId: 'hot-0',
  sipAccountId: 'sip-0',
  amount: '0.0001',
  revision: 123456,
  recordedAt: '2026-01-01T00:00:00.000Z',
  mainAccount: { available: '899999987.6544' },
  sipAccounts: { available: '12.3456' },
  sipAccount: { available: '0.6172' },
};

/** What an event has beside its data, as long as the ledger's. */
export const METADATA = {
  $causationId: '48fe8e84-6fec-4da1-b06d-d84dd0c35af4',
  $correlationId: '3386808a-050c-4116-9e59-1fcdc47612d2',
  actor: 'key:bench',
  fingerprint: 'd4226986c21638a5c8df81428344992599a89a2097db0260b14c2932fe92915a',
  idempotencyKey: 'mx44mio6-3-123456',
  previousHash: 'e110974781ce7558bee29ade954a03c7b25a72be8e384853215822b6b7bd53a7',
  recordedAt: '2026-01-01T00:00:00.000Z',
  schema: 1,
  hash: 'ccab477149501bf6455fa91ad5afeb0616ca18be30b5626833bfb225712bbecb',
};

/** And to a query: a main account with its 20 SIP accounts, and one of these. */
export const OVERVIEW = {
  mainAccountId: 'portal-0',
  currency: 'EUR',
  available: '899999987.6544',
  sipAccountsAvailable: '12.3456',
  sipAccountsCount: 20,
  sipAccounts: Array.from({ length: 20 }, (_, at) => ({ sipAccountId: `sip-${at}`, available: '0.6172' })),
  next: null,
  revision: 123456,
  position: '12345678',
  asOf: '2026-01-01T00:00:00.000Z',
};

export const BALANCE = {
  mainAccountId: 'portal-0',
  sipAccountId: 'sip-0',
  currency: 'EUR',
  available: '0.6172',
  movedAt: '2026-01-01T00:00:00.000Z',
  revision: 123456,
  position: '12345678',
  asOf: '2026-01-01T00:00:00.000Z',
};
