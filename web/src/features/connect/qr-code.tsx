import { create } from 'qrcode';
import classes from './qr-code.module.css';

const QUIET_ZONE = 4;

/** An address as a picture for the camera of a phone. Always dark on light: cameras read nothing else well. */
export default function QrCode({ text }: { text: string }) {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  let path = '';
  for (const [index, dark] of data.entries())
    if (dark) path += `M${(index % size) + QUIET_ZONE} ${Math.floor(index / size) + QUIET_ZONE}h1v1h-1z`;
  const side = size + 2 * QUIET_ZONE;
  return (
    <svg className={classes.code} viewBox={`0 0 ${side} ${side}`} role="img" aria-label={`QR code of ${text}`} shapeRendering="crispEdges">
      <rect className={classes.paper} width={side} height={side} />
      <path className={classes.ink} d={path} />
    </svg>
  );
}
