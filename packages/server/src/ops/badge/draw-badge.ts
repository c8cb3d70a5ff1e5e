const height = 20;
const characterWidth = 7;
const padding = 10;

/** A badge of two words as SVG; the words must need no escaping. */
export function drawBadge(label: string, value: string): string {
  const [left, right] = [label, value].map((text) => text.length * characterWidth + padding) as [
    number,
    number,
  ];
  const width = left + right;
  const text = (at: number, word: string): string => `<text x="${at}" y="14">${word}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${label}: ${value}">`,
    `<rect width="${left}" height="${height}" fill="#555"/>`,
    `<rect x="${left}" width="${right}" height="${height}" fill="#777"/>`,
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,sans-serif" font-size="11">',
    `${text(left / 2, label)}${text(left + right / 2, value)}`,
    '</g></svg>',
  ].join('');
}
