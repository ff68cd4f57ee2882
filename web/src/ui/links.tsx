import { Anchor, Button } from '@mantine/core';
import { createLink } from '@tanstack/react-router';

/** Links that look like Mantine's parts and load the page they lead to when pointed at. */
export const ButtonLink = createLink(Button<'a'>);
export const TextLink = createLink(Anchor<'a'>);
