import type { Texts } from './en.js';

/** Every text of the dashboard in Dutch. */
export const nl: Texts = {
  languageName: 'Nederlands',
  appName: 'Kredietboek',
  skipToContent: 'Naar de inhoud',
  language: 'Taal',
  menu: 'Menu',
  mainAccounts: 'Hoofdaccounts',
  sipAccounts: 'SIP-account(s)',
  history: 'Bel-/kredietdetails',
  shop: 'Shop',
  signedInAs: (who) => `Aangemeld als ${who}`,
  signOut: 'Afmelden',
  cancel: 'Annuleren',
  back: 'Terug',
  search: 'Zoeken',
  clear: 'Wissen',
  next: 'Volgende',
  first: 'Eerste pagina',
  previous: 'Vorige',
  pages: 'Pagina’s',

  signIn: {
    title: 'Aanmelden',
    intro: 'Bekijk uw krediet, verdeel het over uw accounts en zoek elke beweging na.',
    key: 'API-sleutel',
    keyHelp: 'Begint met ledger_. U kreeg de sleutel van wie u toegang gaf.',
    submit: 'Aanmelden',
    keyOrToken: 'API-sleutel of token',
    keyOrTokenHelp:
      'Een sleutel begint met ledger_. Een token is een JWT van uw organisatie; als het afloopt, wordt u afgemeld.',
    issuerAway: 'Het is nu niet na te gaan of dit token goed is. Probeer het zo meteen opnieuw.',
    refused: 'Dit is hier niet bekend, of het is niet meer geldig.',
    tooMany: 'Te veel pogingen. Wacht een minuut en probeer het opnieuw.',
    linkTitle: 'Uw aanmeldlink',
    linkIntro: 'Deze link werkt één keer. Druk op de knop om u aan te melden.',
    linkSpent: 'Deze link is al gebruikt of te oud. Meld u aan met een sleutel, of vraag een nieuwe link.',
    expired: 'U bent afgemeld omdat er tijd verstreken is. Meld u opnieuw aan om verder te gaan.',
    unsent:
      'U bent afgemeld omdat er tijd verstreken is, en met deze druk op de knop is niets geboekt. Meld u opnieuw aan. Had u al eerder op de knop gedrukt, kijk dan eerst na of dat geboekt is.',
    signedOut: 'U bent afgemeld.',
  },

  accounts: {
    title: 'Hoofdaccounts',
    id: 'Hoofdaccount',
    currency: 'Munt',
    available: 'Beschikbaar',
    allocated: 'Op SIP-accounts',
    count: 'SIP-accounts',
    find: 'Account of naam begint met',
    none: 'Er zijn nog geen hoofdaccounts.',
    noneHint: 'Een facturatiedienst opent ze met POST /v1/main-accounts.',
    noMatch: (query) => `Geen hoofdaccount en geen naam van een SIP-account begint met “${query}”.`,
  },

  overview: {
    title: 'SIP-account(s)',
    mainTotal: 'Totaal beschikbaar krediet voor uw hoofdaccount',
    sipTotal: 'Totaal beschikbaar krediet voor uw SIP-account(s)',
    account: 'Account',
    name: 'Naam',
    amount: 'Bedrag',
    trend: 'Verloop',
    lastMovement: 'Laatste beweging',
    options: 'Krediet',
    addSip: 'SIP-account toevoegen',
    purchase: 'Aankoop boeken',
    buy: 'Krediet kopen in de Shop',
    add: (account) => `Krediet toevoegen aan ${account}`,
    remove: (account) => `Krediet verwijderen van ${account}`,
    rename: (account) => `Naam van ${account} wijzigen`,
    never: 'Nooit',
    find: 'Account of naam zoeken',
    noMatch: (query) => `Geen SIP-account en geen naam bevat “${query}”.`,
    empty: 'Nog geen SIP-accounts',
    emptyHint: 'Voeg uw eerste SIP-account toe. Zet er daarna krediet op, en u kunt ermee bellen.',
    emptyReadOnly: 'Deze klant heeft nog geen SIP-account toegevoegd.',
    share: 'Verdeling van het krediet',
    shareMain: 'Hoofdaccount',
    shareOthers: (count) => `${count} andere`,
    shareNothing: 'Er is nog geen krediet.',
    sortBy: (column) => `Sorteren op ${column}`,
    showing: (from, to, total) => `${from}–${to} van ${total} SIP-accounts`,
    trendOf: (account) => `Recente saldi van ${account}`,
  },

  fresh: {
    live: 'Live',
    connecting: 'Verbinden…',
    lost: 'Verbinding verbroken. De cijfers kunnen oud zijn.',
    behind: 'De cijfers worden bijgewerkt.',
    asOf: (time) => `Stand van ${time}`,
    bookedNotShown:
      'Uw actie is geboekt. De cijfers hieronder tonen ze nog niet; herlaad de pagina zo meteen.',
    reload: 'Herladen',
  },

  add: {
    title: 'Krediet toevoegen',
    intro: (account) => `Zet krediet van het hoofdaccount op ${account}.`,
    available: 'Totaal beschikbaar krediet',
    has: (account) => `Nu op ${account}`,
    amount: 'Bedrag',
    amountHelp: 'Hoogstens vier decimalen, bijvoorbeeld 12,5',
    quick: 'Snel kiezen',
    all: 'Alles wat beschikbaar is',
    submit: 'Krediet toevoegen',
    nothing: 'Er is geen krediet beschikbaar op het hoofdaccount.',
    toShop: 'Bijkopen in de Shop',
  },

  remove: {
    title: 'Krediet verwijderen',
    intro: (account, amount) => `Al het krediet van ${account}, ${amount}, gaat terug naar het hoofdaccount.`,
    whole:
      'Enkel al het krediet kan verwijderd worden. Wilt u een deel behouden, voeg dat deel dan opnieuw toe.',
    fromNow: (account) => `Op ${account}`,
    mainNow: 'Op het hoofdaccount',
    now: 'Nu',
    after: 'Nadien',
    submit: 'Krediet verwijderen',
    changed: (was, is) =>
      `Het bedrag is gewijzigd sinds deze pagina getoond werd: het was ${was}, het is nu ${is}. Er is niets verwijderd. Kijk het na en bevestig opnieuw.`,
    nothing: (account) => `${account} heeft geen krediet om te verwijderen.`,
  },

  addSip: {
    title: 'SIP-account toevoegen',
    intro: 'Een nieuw SIP-account begint zonder krediet.',
    id: 'Account',
    idHelp: 'Hoogstens 64 letters, cijfers en . _ ~ -',
    submit: 'SIP-account toevoegen',
    invalid: 'Gebruik 1 tot 64 letters, cijfers en . _ ~ - en niets anders.',
  },

  purchase: {
    title: 'Aankoop boeken',
    intro: (account) => `Krediet dat de klant betaald heeft, komt op hoofdaccount ${account}.`,
    reference: 'Referentie',
    referenceHelp: 'Zoals een factuurnummer. Geen persoonsgegevens: dit wordt voor altijd bewaard.',
    referenceInvalid:
      'Geef een referentie van 1 tot 140 tekens, zonder stuurtekens en wat de richting van tekst omkeert.',
    submit: 'Aankoop boeken',
  },

  name: {
    title: 'Naam wijzigen',
    intro: (account) => `Aan de naam herkent u ${account}. U kunt hem altijd wijzigen of wissen.`,
    label: 'Naam',
    help: 'Hoogstens 80 tekens. Laat leeg voor geen naam.',
    invalid: 'Gebruik hoogstens 80 tekens, zonder stuurtekens en wat de richting van tekst omkeert.',
    submit: 'Naam bewaren',
    saved: 'De naam is bewaard.',
  },

  details: {
    title: 'Bel-/kredietdetails',
    account: 'SIP-account',
    accountUnclear: (text, fits) =>
      fits === 0
        ? `Er is geen SIP-account met “${text}” in de id of de naam. Kies er een uit de lijst.`
        : `“${text}” kan een van ${fits} SIP-accounts zijn. Kies er een uit de lijst.`,
    kind: 'Soort',
    allKinds: 'Alle soorten',
    from: 'Van',
    to: 'Tot en met',
    filter: 'Filteren',
    download: 'CSV downloaden',
    date: 'Datum',
    what: 'Wat',
    amount: 'Bedrag',
    mainBalance: 'Hoofdaccount',
    sipBalance: 'SIP-account',
    by: 'Door',
    entry: (revision) => `Boeking ${revision}`,
    older: 'Ouder',
    newer: 'Nieuwer',
    newest: 'Nieuwste',
    none: 'Er is niets gebeurd dat aan deze filter voldoet.',
    noneDownTo: (revision) =>
      `Terug tot boeking ${revision} voldoet niets aan deze filter. Oudere boekingen zijn nog niet doorzocht.`,
    chartOf: (what) => `Saldo van ${what} in de tijd`,
    chartMain: 'het hoofdaccount',
    utc: 'Tijden zijn in UTC.',
    invalidDate: 'Een van de datums bestaat niet en is weggelaten. Verbeter die en filter opnieuw.',
  },

  kinds: {
    MainAccountOpened: 'Account geopend',
    CreditPurchased: 'Krediet gekocht',
    SipAccountAdded: 'SIP-account toegevoegd',
    CreditAllocated: 'Krediet toegevoegd',
    CreditReclaimed: 'Krediet verwijderd',
  },

  event: {
    title: (revision) => `Boeking ${revision}`,
    intro: 'De gebeurtenis zoals ze bewaard wordt. Niets eraan kan ongemerkt gewijzigd worden.',
    type: 'Type',
    id: 'Id van de gebeurtenis',
    stream: 'Stroom',
    revision: 'Revisie',
    position: 'Plaats in het logboek',
    recordedAt: 'Vastgelegd op',
    actor: 'Uitvoerder',
    key: 'Idempotentiesleutel',
    account: 'SIP-account',
    amount: 'Bedrag',
    reference: 'Referentie',
    balances: 'Saldi erna',
    main: 'Hoofdaccount',
    sips: 'Alle SIP-accounts',
    sip: 'Dit SIP-account',
    hash: 'Hash',
    previousHash: 'Hash ervoor',
    correlation: 'Correlatie-id',
    causation: 'Oorzaak-id',
    raw: 'Ruwe gebeurtenis',
    data: 'Gegevens, zoals bewaard',
    metadata: 'Metagegevens, zoals bewaard',
  },

  done: {
    CreditAllocated: (amount, account, now) => `${amount} toegevoegd aan ${account}, dat daarna ${now} had.`,
    CreditReclaimed: (amount, account, now) =>
      `${amount} verwijderd van ${account}. Het hoofdaccount had daarna ${now}.`,
    CreditPurchased: (amount, now) => `Aankoop van ${amount} geboekt. Het hoofdaccount had daarna ${now}.`,
    SipAccountAdded: (account) => `SIP-account ${account} toegevoegd.`,
    MainAccountOpened: (account) => `Hoofdaccount ${account} geopend.`,
    again: 'Al gedaan: dit was al geboekt, en maar één keer.',
  },

  amountProblems: {
    'amount-not-positive': 'Kies een bedrag boven nul.',
    'amount-too-precise': 'Gebruik hoogstens vier decimalen.',
    'amount-too-large': 'Dit bedrag is te groot. Kies een kleiner bedrag.',
  },

  problems: {
    title: 'Dit is niet gelukt',
    notFoundTitle: 'Pagina niet gevonden',
    'amount-malformed': (currency) =>
      `Dit is geen bedrag in ${currency}. Gebruik cijfers, met een komma voor de decimalen: 12,5`,
    'insufficient-credit': (available) => `Er is niet genoeg krediet: ${available} is beschikbaar.`,
    'balance-limit-exceeded': 'Het saldo zou te groot worden. Kies een kleiner bedrag.',
    'sip-account-limit-reached': 'Deze klant heeft zoveel SIP-accounts als er mogen zijn.',
    'sip-account-already-added': 'Er is al een SIP-account met deze naam.',
    'key-reused':
      'Dit formulier werd al gebruikt voor iets anders. Dat is geboekt; wat u nu stuurde niet. Kijk het formulier na en verstuur het opnieuw als u dat wilt.',
    'outcome-unknown':
      'Het is niet bekend of dit geboekt is. Druk opnieuw op de knop: wat er ook gebeurd is, het wordt maar één keer geboekt.',
    unavailable:
      'Het kredietboek is even niet bereikbaar. Met deze druk op de knop is niets geboekt. Druk zo meteen opnieuw: wat er voordien ook gebeurd is, het wordt maar één keer geboekt.',
    unreachable:
      'Het kredietboek is even niet bereikbaar. Probeer het zo meteen opnieuw. Was u iets aan het boeken, ga dan terug en druk opnieuw op de knop: het wordt maar één keer geboekt.',
    unknown:
      'Het is niet bekend of dit geboekt is. Ga terug en druk opnieuw op de knop: wat er ook gebeurd is, het wordt maar één keer geboekt.',
    'not-found': 'Deze pagina bestaat niet, of u mag ze niet zien.',
    forbidden: 'Uw rol laat dit niet toe.',
    'foreign-form': 'Dit formulier kwam van een andere site, of de pagina is te oud. Open de pagina opnieuw.',
    unexpected:
      'Er ging iets mis. Was u iets aan het boeken, ga dan terug en druk opnieuw op de knop: het wordt maar één keer geboekt.',
    again: 'Opnieuw proberen',
    toStart: 'Naar de startpagina',
  },
};
