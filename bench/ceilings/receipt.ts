/** What the ceilings answer: as long as a real receipt. */
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
