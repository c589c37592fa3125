import { multiply, raise, type Rational } from './rational.ts'

type Unit = { base: string; factor: Rational }

const one: Rational = { n: 1n, d: 1n }
const exact = (n: bigint, d = 1n): Rational => ({ n, d })

/** Base, factor to the base, symbols as they are written, names in lower case (English, French, German, Spanish; plurals included). */
const table: readonly [string, Rational, string][] = [
  ['m', one, 'm meter meters metre metres mètre mètres metro metros'],
  [
    'm',
    exact(1000n),
    'km kilometer kilometers kilometre kilometres kilomètre kilomètres kilómetro kilómetros kilometros',
  ],
  ['m', exact(1n, 10n), 'dm'],
  [
    'm',
    exact(1n, 100n),
    'cm centimeter centimeters centimetre centimetres centimètre centimètres zentimeter centímetro centímetros',
  ],
  [
    'm',
    exact(1n, 1000n),
    'mm millimeter millimeters millimetre millimetres millimètre millimètres milímetro milímetros',
  ],
  ['m', exact(1n, 1_000_000n), 'µm μm um micrometer micrometers'],
  ['m', exact(1n, 1_000_000_000n), 'nm nanometer nanometers'],
  ['m', exact(254n, 10_000n), 'in inch inches pouce pouces zoll pulgada pulgadas'],
  ['m', exact(3048n, 10_000n), 'ft foot feet pied pieds fuß pie pies'],
  ['m', exact(9144n, 10_000n), 'yd yard yards'],
  ['m', exact(1_609_344n, 1000n), 'mi mile miles meile meilen milla millas'],
  ['kg', one, 'kg kilogram kilograms kilogramme kilogrammes kilogramm kilogramo kilogramos kilo kilos'],
  ['kg', exact(1n, 1000n), 'g gram grams gramme grammes gramm gramo gramos'],
  ['kg', exact(1n, 1_000_000n), 'mg milligram milligrams milligramme milligrammes milligramm miligramo miligramos'],
  ['kg', exact(1000n), 't ton tons tonne tonnes tonnen tonelada toneladas'],
  ['kg', exact(45_359_237n, 100_000_000n), 'lb lbs pound pounds livre livres pfund libra libras'],
  ['kg', exact(45_359_237n, 1_600_000_000n), 'oz ounce ounces once onces unze unzen onza onzas'],
  ['s', one, 's sec secs second seconds seconde secondes sekunde sekunden segundo segundos'],
  ['s', exact(1n, 1000n), 'ms millisecond milliseconds'],
  ['s', exact(60n), 'min mins minute minutes minuten minuto minutos'],
  ['s', exact(3600n), 'h hr hrs hour hours heure heures stunde stunden std hora horas'],
  ['s', exact(86_400n), 'd day days jour jours tag tage tagen día días dia dias'],
  ['s', exact(604_800n), 'week weeks semaine semaines woche wochen semana semanas'],
  ['month', one, 'month months mois monat monate monaten mes meses'],
  ['month', exact(12n), 'yr yrs year years an ans année années jahr jahre jahren año años'],
  ['l', one, 'l L liter liters litre litres litro litros'],
  ['l', exact(1n, 10n), 'dl dL'],
  ['l', exact(1n, 100n), 'cl cL'],
  ['l', exact(1n, 1000n), 'ml mL milliliter milliliters millilitre millilitres mililitro mililitros'],
  ['l', exact(3_785_411_784n, 1_000_000_000n), 'gal gallon gallons'],
  ['deg', one, '° deg degree degrees degré degrés grad grado grados'],
  ['celsius', one, '°C celsius'],
  ['fahrenheit', one, '°F fahrenheit'],
  ['kelvin', one, 'K kelvin kelvins'],
  ['rad', one, 'rad radian radians'],
  ['byte', one, 'B byte bytes octet octets'],
  ['byte', exact(1000n), 'kB KB kilobyte kilobytes'],
  ['byte', exact(1_000_000n), 'MB megabyte megabytes'],
  ['byte', exact(1_000_000_000n), 'GB gigabyte gigabytes'],
  ['N', one, 'N newton newtons'],
  ['J', one, 'J joule joules'],
  ['J', exact(1000n), 'kJ kilojoule kilojoules'],
  ['W', one, 'W watt watts'],
  ['W', exact(1000n), 'kW kilowatt kilowatts'],
  ['Pa', one, 'Pa pascal pascals'],
  ['Pa', exact(1000n), 'kPa'],
  ['V', one, 'V volt volts'],
  ['A', one, 'A amp amps ampere amperes'],
  ['ohm', one, 'Ω ohm ohms'],
  ['Hz', one, 'Hz hertz'],
  ['Hz', exact(1000n), 'kHz'],
  ['Hz', exact(1_000_000n), 'MHz'],
  ['mol', one, 'mol mole moles'],
]

const units = new Map<string, Unit>()
for (const [base, factor, names] of table) for (const name of names.split(' ')) units.set(name, { base, factor })

const speeds = new Map([
  ['kmh', 'km/h'],
  ['kph', 'km/h'],
  ['mph', 'mi/h'],
  ['mps', 'm/s'],
  ['fps', 'ft/s'],
])
const squares: readonly [RegExp, string][] = [
  [/^(?:square|sq\.?) (\p{L}{1,20})$/u, '$1^2'],
  [/^(\p{L}{1,20}) (?:carrés?|cuadrados?|squared)$/u, '$1^2'],
  [/^(?:cubic|cu\.?) (\p{L}{1,20})$/u, '$1^3'],
  [/^(\p{L}{1,20}) (?:cubes?|cúbicos?|cubed)$/u, '$1^3'],
  [/^quadrat(meter|kilometer|zentimeter)$/i, '$1^2'],
  [/^kubik(meter|zentimeter)$/i, '$1^3'],
]
const factorShape = /^(°?[\p{L}Ω°]{1,20})\.?(?:\^?(-?[1-4]))?$/u

export type UnitExpression = { dimension: string; factor: Rational }

/** `km`, `m/s^2`, `square feet`, `miles per hour`: dimension and factor to its base; undefined for words that are not units. */
export function readUnit(text: string): UnitExpression | undefined {
  if (text.length === 0 || text.length > 40) return undefined
  let written = text
  for (const [pattern, power] of squares) written = written.replace(pattern, power)
  written = (speeds.get(written.toLowerCase()) ?? written).replace(/ (?:per|par|pro|por) /i, '/')
  const [above = '', ...below] = written.split('/')
  if (below.length > 1) return undefined
  const exponents = new Map<string, number>()
  let factor = one
  for (const [part, sign] of [
    [above, 1],
    [below[0], -1],
  ] as const) {
    for (const piece of part === undefined ? [] : part.split(/[*·]/)) {
      const read = readFactor(piece.trim())
      if (read === undefined) return undefined
      const power = read.power * sign
      exponents.set(read.unit.base, (exponents.get(read.unit.base) ?? 0) + power)
      factor = multiply(factor, raise(read.unit.factor, power))
    }
  }
  const dimension = [...exponents].map(([base, power]) => (power === 1 ? base : `${base}${power}`))
  return { dimension: dimension.toSorted().join(' '), factor }
}

function readFactor(piece: string): { unit: Unit; power: number } | undefined {
  const match = factorShape.exec(piece)
  const [, name = '', power = '1'] = match ?? []
  const unit = units.get(name) ?? units.get(name.toLowerCase())
  return unit === undefined ? undefined : { unit, power: Number(power) }
}
