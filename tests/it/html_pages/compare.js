async ([one, other]) => {
  const load = url => new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => failed(new Error('not a picture'));
    image.src = url;
  });
  const [a, b] = await Promise.all([load(one), load(other)]);
  if (a.width !== b.width || Math.abs(a.height - b.height) > a.height / 20) {
    return `${a.width} by ${a.height} px, and now ${b.width} by ${b.height}`;
  }
  // A small copy forgives what differs between fonts.
  const width = Math.round(a.width / 16), height = Math.round(a.height / 16);
  const small = image => {
    const canvas = new OffscreenCanvas(width, height).getContext('2d');
    canvas.imageSmoothingQuality = 'high';
    canvas.drawImage(image, 0, 0, image.width, image.height, 0, 0, width, height);
    return canvas.getImageData(0, 0, width, height).data;
  };
  const [left, right] = [small(a), small(b)];
  return left.reduce((sum, n, at) => sum + Math.abs(n - right[at]), 0) / left.length;
}
