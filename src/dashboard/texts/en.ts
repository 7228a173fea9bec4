/** Every text of the dashboard in English. Its shape is what the other languages have to fill in. */
export const en = {
  languageName: 'English',
  appName: 'Credit ledger',
  skipToContent: 'Skip to content',
  language: 'Language',
  menu: 'Menu',
  mainAccounts: 'Main accounts',
  sipAccounts: 'SIP account(s)',
  history: 'Call/Credit details',
  shop: 'Shop',
  signedInAs: (who: string) => `Signed in as ${who}`,
  signOut: 'Sign out',
  cancel: 'Cancel',
  back: 'Back',
  search: 'Search',
  clear: 'Clear',
  next: 'Next',
  first: 'First page',
  previous: 'Previous',
  pages: 'Pages',

  signIn: {
    title: 'Sign in',
    intro: 'See your credit, move it between your accounts and look up every movement.',
    key: 'API key',
    keyHelp: 'Starts with ledger_. Whoever gave you access gave you the key.',
    submit: 'Sign in',
    keyOrToken: 'API key or token',
    keyOrTokenHelp:
      'A key starts with ledger_. A token is a JWT of your organisation; you are signed out when it ends.',
    issuerAway: 'It cannot be checked now whether this token is good. Try again in a moment.',
    refused: 'This is not known here, or it is no longer valid.',
    tooMany: 'Too many attempts. Wait a minute and try again.',
    linkTitle: 'Your sign-in link',
    linkIntro: 'This link works once. Press the button to sign in.',
    linkSpent:
      'This link has been used already, or it is too old. Sign in with a key, or ask for a new link.',
    expired: 'You are no longer signed in. Sign in again to go on.',
    unsent:
      'You are no longer signed in, and this press booked nothing. Sign in again. If you had pressed the button before, look first whether that was booked.',
    signedOut: 'You are signed out.',
  },

  accounts: {
    title: 'Main accounts',
    id: 'Main account',
    currency: 'Currency',
    available: 'Available',
    allocated: 'On SIP accounts',
    count: 'SIP accounts',
    find: 'Account or name begins with',
    none: 'There are no main accounts yet.',
    noneHint: 'A billing service opens them with POST /v1/main-accounts.',
    noMatch: (query: string) => `No main account, and no name of a SIP account, begins with “${query}”.`,
  },

  overview: {
    title: 'SIP account(s)',
    mainTotal: 'Total available credit for your main account',
    sipTotal: 'Total available credit for your SIP account(s)',
    mainTotalOfCustomer: 'Total available credit for the main account',
    sipTotalOfCustomer: 'Total available credit for the SIP account(s)',
    account: 'Account',
    name: 'Name',
    amount: 'Amount',
    trend: 'Trend',
    lastMovement: 'Last movement',
    options: 'Credit options',
    addSip: 'Add SIP account',
    purchase: 'Book a purchase',
    buy: 'Buy credit in the Shop',
    add: (account: string) => `Add credit to ${account}`,
    remove: (account: string) => `Remove credit from ${account}`,
    rename: (account: string) => `Edit the name of ${account}`,
    never: 'Never',
    find: 'Find an account or a name',
    noMatch: (query: string) => `No SIP account and no name contains “${query}”.`,
    empty: 'No SIP accounts yet',
    emptyHint: 'Add your first SIP account. Then move credit to it, and it can make calls.',
    emptyOfCustomer: 'This customer has not added a SIP account yet.',
    share: 'How the credit is spread',
    shareMain: 'Main account',
    shareOthers: (count: string) => `${count} others`,
    shareNothing: 'There is no credit yet.',
    sortBy: (column: string) => `Sort by ${column}`,
    showing: (from: string, to: string, total: string) => `${from}–${to} of ${total} SIP accounts`,
    trendOf: (account: string) => `Recent balances of ${account}`,
  },

  fresh: {
    live: 'Live',
    connecting: 'Connecting…',
    lost: 'Connection lost. The figures may be old.',
    behind: 'The figures are being brought up to date.',
    asOf: (time: string) => `As of ${time}`,
    bookedNotShown: 'Your action is booked. The figures below do not show it yet; reload in a moment.',
    reload: 'Reload',
  },

  add: {
    title: 'Add credit',
    intro: (account: string) => `Move credit from the main account to ${account}.`,
    available: 'Total available credit',
    has: (account: string) => `On ${account} now`,
    amount: 'Amount',
    amountHelp: 'Up to four decimals, such as 12.5',
    quick: 'Quick amounts',
    all: 'All available',
    submit: 'Add credit',
    nothing: 'There is no credit available on the main account.',
    toShop: 'Buy more in the Shop',
  },

  remove: {
    title: 'Remove credit',
    intro: (account: string, amount: string) =>
      `All credit of ${account}, ${amount}, goes back to the main account.`,
    whole: 'Only all of it can be removed. To keep a part, remove everything and add the part again.',
    fromNow: (account: string) => `On ${account}`,
    mainNow: 'On the main account',
    now: 'Now',
    after: 'After',
    submit: 'Remove credit',
    changed: (was: string, is: string) =>
      `The amount has changed since this page was shown: it was ${was}, it is ${is} now. Nothing was removed. Check it and confirm again.`,
    nothing: (account: string) => `${account} has no credit to remove.`,
  },

  addSip: {
    title: 'Add SIP account',
    intro: 'A new SIP account starts with no credit.',
    id: 'Account',
    idHelp: 'At most 64 letters, digits and . _ ~ -',
    submit: 'Add SIP account',
    invalid: 'Use 1 to 64 letters, digits and . _ ~ - only.',
  },

  purchase: {
    title: 'Book a purchase',
    intro: (account: string) => `Credit that the customer has paid for goes onto main account ${account}.`,
    reference: 'Reference',
    referenceHelp: 'Such as an invoice number. No personal data: this is kept for ever.',
    referenceInvalid:
      'Give a reference of 1 to 140 characters, without control characters and what turns the direction of text.',
    submit: 'Book the purchase',
  },

  name: {
    title: 'Edit name',
    intro: (account: string) =>
      `The name helps you to recognise ${account}. It can be changed or erased at any time.`,
    label: 'Name',
    help: 'At most 80 characters. Leave it empty to have no name.',
    invalid: 'Use at most 80 characters, without control characters and what turns the direction of text.',
    submit: 'Save name',
    saved: 'The name is saved.',
  },

  details: {
    title: 'Call/Credit details',
    account: 'SIP account',
    accountUnclear: (text: string, fits: number) =>
      fits === 0
        ? `There is no SIP account with “${text}” in its id or its name. Choose one from the list.`
        : `“${text}” can be one of ${fits} SIP accounts. Choose one from the list.`,
    kind: 'Kind',
    allKinds: 'All kinds',
    from: 'From',
    to: 'Up to and including',
    filter: 'Filter',
    download: 'Download CSV',
    date: 'Date',
    what: 'What',
    amount: 'Amount',
    mainBalance: 'Main account',
    sipBalance: 'SIP account',
    by: 'By',
    entry: (revision: number) => `Entry ${revision}`,
    older: 'Older',
    newer: 'Newer',
    newest: 'Newest',
    none: 'Nothing has happened that fits this filter.',
    noneDownTo: (revision: number) =>
      `Nothing fits this filter down to entry ${revision}. Older entries were not looked through yet.`,
    chartOf: (what: string) => `Balance of ${what} over time`,
    chartMain: 'the main account',
    utc: 'Times are in UTC.',
    invalidDate: 'One of the dates does not exist and was left out. Correct it and filter again.',
    reversedPeriod: 'The period ends before it begins. Correct one of the dates and filter again.',
  },

  kinds: {
    MainAccountOpened: 'Account opened',
    CreditPurchased: 'Credit purchased',
    SipAccountAdded: 'SIP account added',
    CreditAllocated: 'Credit added',
    CreditReclaimed: 'Credit removed',
  },

  event: {
    title: (revision: number) => `Entry ${revision}`,
    intro: 'The event as it is kept. Nothing in it can be changed without being found out.',
    type: 'Type',
    id: 'Event id',
    stream: 'Stream',
    revision: 'Revision',
    position: 'Position in the log',
    recordedAt: 'Recorded at',
    actor: 'Actor',
    key: 'Idempotency key',
    account: 'SIP account',
    amount: 'Amount',
    reference: 'Reference',
    balances: 'Balances after it',
    main: 'Main account',
    sips: 'All SIP accounts',
    sip: 'This SIP account',
    hash: 'Hash',
    previousHash: 'Hash before it',
    correlation: 'Correlation id',
    causation: 'Causation id',
    raw: 'Raw event',
    data: 'Data, as stored',
    metadata: 'Metadata, as stored',
  },

  done: {
    CreditAllocated: (amount: string, account: string, now: string) =>
      `${amount} added to ${account}, which then had ${now}.`,
    CreditReclaimed: (amount: string, account: string, now: string) =>
      `${amount} removed from ${account}. The main account then had ${now}.`,
    CreditPurchased: (amount: string, now: string) =>
      `Purchase of ${amount} booked. The main account then had ${now}.`,
    SipAccountAdded: (account: string) => `SIP account ${account} added.`,
    MainAccountOpened: (account: string) => `Main account ${account} opened.`,
    again: 'Already done: this was booked before, and only once.',
  },

  amountProblems: {
    'amount-not-positive': 'Choose an amount above zero.',
    'amount-too-precise': 'Use at most four decimals.',
    'amount-too-large': 'This amount is too large. Choose a smaller one.',
  },

  problems: {
    title: 'This did not work',
    notFoundTitle: 'Page not found',
    'amount-malformed': (currency: string) =>
      `This is not an amount in ${currency}. Use digits, with a point before the decimals: 12.5`,
    'insufficient-credit': (available: string) => `There is not enough credit: ${available} is available.`,
    'balance-limit-exceeded': 'The balance would become too large. Choose a smaller amount.',
    'sip-account-limit-reached': 'This customer has as many SIP accounts as there may be.',
    'sip-account-already-added': 'There is a SIP account of this name already.',
    'key-reused':
      'This form was used before, for something else. That was booked; what you sent now was not. Check the form and send it again if you want it.',
    'outcome-unknown':
      'It is not known whether this was booked. Press the button again: whatever happened, it is booked only once.',
    unavailable:
      'The ledger cannot be reached at the moment. This press booked nothing. Press the button again in a moment: whatever happened before, it is booked only once.',
    unreachable:
      'The ledger cannot be reached at the moment. Try again in a moment. If you were booking something, go back and press the button again: it is booked only once.',
    unknown:
      'It is not known whether this was booked. Go back and press the button again: whatever happened, it is booked only once.',
    'not-found': 'There is no such page, or it is not yours to see.',
    forbidden: 'Your role does not allow this.',
    'foreign-form': 'This form came from another site, or the page is too old. Open the page again.',
    unexpected:
      'Something went wrong. If you were booking something, go back and press the button again: it is booked only once.',
    again: 'Try again',
    toStart: 'To the start page',
  },
};

/** What a language has to say. A missing text is a type error. */
export type Texts = typeof en;
