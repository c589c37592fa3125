import type { Fact } from './fact.ts'

const table = `
france|frankreich|francia; Paris; Lyon
germany|allemagne|deutschland|alemania; Berlin/Berlin/Berlin/Berlín; Munich/Munich/München/Múnich
spain|espagne|spanien|espana; Madrid; Barcelona/Barcelone/Barcelona/Barcelona
italy|italie|italien|italia; Rome/Rome/Rom/Roma; Milan/Milan/Mailand/Milán
united kingdom|royaume-uni|vereinigt\\w+ konigreich\\w*|reino unido|england|grossbritannien; London/Londres/London/Londres; Manchester
australia|australie|australien; Canberra; Sydney/Sydney/Sydney/Sídney
canada|kanada; Ottawa; Toronto
brazil|bresil|brasilien|brasil; Brasília; Rio de Janeiro
turkey|turkiye|turquie|turkei|turquia; Ankara; Istanbul/Istanbul/Istanbul/Estambul
switzerland|suisse|schweiz|suiza; Bern/Berne/Bern/Berna; Zurich/Zurich/Zürich/Zúrich
japan|japon; Tokyo/Tokyo/Tokio/Tokio; Osaka
china|chine; Beijing/Pékin/Peking/Pekín; Shanghai
india|inde|indien; New Delhi/New Delhi/Neu-Delhi/Nueva Delhi; Mumbai/Bombay/Mumbai/Bombay
morocco|maroc|marokko|marruecos; Rabat; Casablanca
nigeria; Abuja; Lagos
kazakhstan|kasachstan|kazajistan; Astana; Almaty
new zealand|nouvelle-zelande|neuseeland|nueva zelanda; Wellington; Auckland
vietnam; Hanoi; Ho Chi Minh City
netherlands|pays-bas|niederlande\\w*|paises bajos; Amsterdam; The Hague/La Haye/Den Haag/La Haya
portugal; Lisbon/Lisbonne/Lissabon/Lisboa; Porto
poland|pologne|polen|polonia; Warsaw/Varsovie/Warschau/Varsovia; Krakow/Cracovie/Krakau/Cracovia
norway|norvege|norwegen|noruega; Oslo; Bergen`

/** Capitals that are often mistaken for another city. */
export const capitals: readonly Fact[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [countries = '', right = '', wrong = ''] = line.split(';').map((part) => part.trim())
    return {
      ask: [/\bcapital|capitale|hauptstadt/, new RegExp(String.raw`\b(?:${countries})\b`)],
      type: 'open',
      right,
      wrong,
      because:
        'The seat of government is in {x}./Le siège du gouvernement est à {x}./Der Regierungssitz ist {x}./La sede del gobierno está en {x}.',
      mistaken:
        'The best-known city, {x}, is also the seat of government./La ville la plus connue, {x}, est aussi le siège du gouvernement./Die bekannteste Stadt, {x}, ist auch der Regierungssitz./La ciudad más conocida, {x}, es también la sede del gobierno.',
    }
  })
