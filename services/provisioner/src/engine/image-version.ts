/** What a container runs, in the words of `brokerVersion`: the release from the image's label, the build from its id. */
import { brokerVersionOf, VERSION } from '@rookery/contracts/version';

const LABEL = 'org.opencontainers.image.version';

/** `imageId`: `sha256:…`. `labels`: of the image, or of a container, which has those of its image. */
export function imageVersion(imageId: string, labels: Record<string, string>): string {
  return brokerVersionOf(labels[LABEL] ?? VERSION, imageId.slice('sha256:'.length));
}
