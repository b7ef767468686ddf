// `styled` of Emotion, whose `styled.div` and its like are made when they are asked for: the package makes one for each of 140
// tags at the start. It stands in for @emotion/styled in the built page (vite.config.ts says so).
import createStyled from '@emotion/styled/base';

export default new Proxy(createStyled, { get: (create, tag: string) => create(tag as 'div') });
