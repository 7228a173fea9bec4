/** Who is written to and read: main accounts, each with as many SIP accounts. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly mainAccounts: number;
  /** To each main account. */
  readonly sipAccounts: number;
}

export const HOT: Scenario = {
  name: 'hot',
  about: '1 main account, 20 SIP accounts',
  mainAccounts: 1,
  sipAccounts: 20,
};
export const COLD: Scenario = {
  name: 'cold',
  about: '1 000 main accounts, 1 SIP account each',
  mainAccounts: 1_000,
  sipAccounts: 1,
};
export const PAIR: Scenario = {
  name: 'pair',
  about: '1 main account, 1 SIP account',
  mainAccounts: 1,
  sipAccounts: 1,
};

/** What each AddCredit moves. Small, so that no account ever runs dry. */
export const AMOUNT = '0.0001';
/** What each main account is given before the first run. */
export const FUNDS = '900000000.0000';

// The script of the load makes the same names.
export const mainAccountIds = ({ name, mainAccounts }: Scenario): string[] =>
  Array.from({ length: mainAccounts }, (_, index) => `${name}-${index}`);

export const sipAccountIds = ({ sipAccounts }: Scenario): string[] =>
  Array.from({ length: sipAccounts }, (_, index) => `sip-${index}`);
