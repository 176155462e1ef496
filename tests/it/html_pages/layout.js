(() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const named = element => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${element.textContent.trim().slice(0, 40)}`;
  if (document.documentElement.scrollWidth > width) {
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  }
  for (const element of document.querySelectorAll('body *')) {
    if (element.parentElement.closest('.scroll, svg')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 1 || box.left < -1)) {
      found.push(`from ${box.left} to ${box.right}: ${named(element)}`);
    }
  }
  for (const labels of document.querySelectorAll('.x, .y, .lane')) {
    const boxes = [...labels.querySelectorAll('span, b')].map(label => [label, label.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
    for (const [n, [label, box]] of boxes.entries()) {
      for (const [other, its] of boxes.slice(n + 1)) {
        if (box.left < its.right && its.left < box.right && box.top < its.bottom && its.top < box.bottom) {
          found.push(`on top of each other: ${named(label)} and ${named(other)}`);
        }
      }
    }
  }
  const channels = colour => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
  const luminance = colour => {
    const [red, green, blue] = channels(colour).map(n => n / 255).map(n => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const page = luminance(getComputedStyle(document.body).backgroundColor);
  const marks = [['.lane rect', 'fill'], ['.key', 'backgroundColor'], ['.track i:not(.begun)', 'backgroundColor'], ['.share i', 'backgroundColor'], ['.target', 'borderLeftColor']];
  for (const [selector, property] of marks) {
    for (const mark of document.querySelectorAll(selector)) {
      const own = luminance(getComputedStyle(mark)[property]);
      const contrast = (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05);
      if (contrast < 3) {
        found.push(`a contrast of ${contrast.toFixed(1)}: ${selector} ${named(mark)}`);
        break;
      }
    }
  }
  return found;
})()
