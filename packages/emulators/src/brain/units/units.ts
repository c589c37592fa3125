/** A unit by its names in the four languages. `size` is in the dimension's base unit, as an exact decimal. */
export type Unit = { dimension: string; size: string; symbol: string; names: RegExp }

const unit = (dimension: string, size: string, symbol: string, names: string): Unit => ({
  dimension,
  size,
  symbol,
  names: new RegExp(String.raw`(?<![\p{L}/])(?:${names})(?![\p{L}/²³])`, 'giu'),
})

export const units: readonly Unit[] = [
  unit('length', '0.001', 'mm', 'millimet(?:er|re)s?|millimètres?|millimetern?|milímetros?|mm'),
  unit('length', '0.01', 'cm', 'centimet(?:er|re)s?|centimètres?|zentimetern?|centímetros?|cm'),
  unit('length', '1000', 'km', 'kilomet(?:er|re)s?|kilomètres?|kilometern?|kilómetros?|km'),
  unit('length', '1', 'm', String.raw`met(?:er|re)s?|mètres?|metern?|metros?|(?<=\d\s?)m`),
  unit('length', '0.0254', 'in', 'inch(?:es)?|pouces?|zoll|pulgadas?'),
  unit('length', '0.3048', 'ft', 'foot|feet|pieds?|fuß|pies?|ft'),
  unit('length', '0.9144', 'yd', 'yards?|yardas?'),
  unit('length', '1852', 'nmi', 'nautical miles?|milles? (?:nautiques?|marins?)|seemeilen?|millas? náuticas?'),
  unit('length', '1609.344', 'mi', '(?<!nautical )miles?|(?<!see)meilen?|millas?(?! náuticas?)'),
  unit('mass', '0.001', 'mg', 'milligram(?:me)?s?|miligramos?|mg'),
  unit('mass', '1', 'g', String.raw`gram(?:me)?s?|gramm|gramos?|(?<=\d\s?)g`),
  unit('mass', '1000', 'kg', 'kilogram(?:me)?s?|kilogramm|kilogramos?|kilos?|kg'),
  unit('mass', '1000000', 't', 'tonnes?|metric tons?|tonnen?|toneladas?'),
  unit('mass', '28.349523125', 'oz', 'ounces?|onces?|unzen?|onzas?|oz'),
  unit('mass', '453.59237', 'lb', 'pounds?|livres?|pfund|libras?|lbs?'),
  unit('time', '1', 's', 'seconds?|secondes?|sekunden?|segundos?|sec'),
  unit('time', '60', 'min', 'minutes?|minuten?|minutos?|min'),
  unit('time', '3600', 'h', String.raw`hours?|heures?|stunden?|horas?|(?<=\d\s?)h`),
  unit('time', '86400', 'd', 'days?|jours?|tagen?|tage?|días?'),
  unit('time', '604800', 'wk', 'weeks?|semaines?|wochen?|semanas?'),
  unit('volume', '1', 'ml', 'millilit(?:er|re)s?|millilitern?|mililitros?|ml'),
  unit('volume', '1000', 'l', String.raw`lit(?:er|re)s?|litern?|litros?|(?<=\d\s?)l`),
  unit('volume', '3785.411784', 'gal', '(?:us )?gallons?|gallonen?|galones?'),
  unit('speed', '1', 'm/s', String.raw`met(?:er|re)s? per second|m/s|mètres? par seconde|meter pro sekunde`),
  unit('speed', '0.44704', 'mph', 'miles? per hour|mph'),
  unit('data', '1', 'bit', 'bits?'),
  unit('data', '8', 'byte', 'bytes?|octets?'),
  unit('temperature', '1', '°C', '(?:degrees? |degrés? |grad |grados )?(?:celsius|centigrade)|° ?c'),
  unit('temperature', '1', '°F', '(?:degrees? |degrés? |grad |grados )?fahrenheit|° ?f'),
  unit('temperature', '1', 'K', 'kelvins?'),
]
