/** One jar that a node of Elasticsearch needs. */
export interface Artifact {
  /** Maven coordinates in the form `group:artifact:version`. */
  readonly coordinates: string;
  readonly sha256: string;
}

/** Version of Elasticsearch that these jars form. node/pom.xml names the same version. */
export const ELASTICSEARCH_VERSION = '9.2.0';

/** Jars of the module path, on which the server itself runs. */
export const SERVER_JARS: readonly Artifact[] = [
  {
    coordinates: 'org.hdrhistogram:HdrHistogram:2.1.9',
    sha256: '95d40913be28dfd439cefea9170c40898ea84f11f25e6ff8de50339b8a7b5e3e',
  },
  {
    coordinates: 'co.elastic.logging:ecs-logging-core:1.2.0',
    sha256: '0d6318af29848ea588b1c244834e3e762315c68de2bcfc9f1adf3f0633d22d37',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch:9.2.0',
    sha256: '27b5fd42bd6bbbbff1753b56f3a9a796a8995d6c53a6705d51a666a1c59e7912',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-cli:9.2.0',
    sha256: '6d63adf447d7c791714c92640eb97414763cda5bfca12f5e5ce5a1dce3f96a79',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-core:9.2.0',
    sha256: '3cba3453c0f105c9cb5a38c8f43b541a90be6b4c6657f156c08662d36589b4bf',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-entitlement:9.2.0',
    sha256: '09f55af34dcd8fe6decd46688c01053781e7df2734a7f272574930bad481687b',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-geo:9.2.0',
    sha256: '3a3f8c52e0437bd2de917f3cbae0e5292b2ae8526d827a18fc6a89c54d7d59bc',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-grok:9.2.0',
    sha256: '7fc9c73b19bf3e3a96c2aed95bc39e90e234e2e883342517c55aed9cbbbcf19b',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-logging:9.2.0',
    sha256: '453f55dc0c8f23fe3d237e96b4d7a94ad9300d6d7479421e6e702aa474d1736e',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-lz4:9.2.0',
    sha256: 'a39f09d966bd714aa6b6d34747d45940840c261ef754f0cadbcf725d0be95cf8',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-native:9.2.0',
    sha256: '685a2cd70145d74d92f2217e9a3ce0cf96aebcd956ddbdadf2e28299aa3cef58',
  },
  {
    coordinates: 'org.elasticsearch.plugin:elasticsearch-plugin-analysis-api:9.2.0',
    sha256: '86129c6f7cc295bb90c8765cf27c7ca2ab96c860928ada8e3a1f30364d666e99',
  },
  {
    coordinates: 'org.elasticsearch.plugin:elasticsearch-plugin-api:9.2.0',
    sha256: 'aaa38ec1f41c1bdfaf505edbba0eacec0badc03d4dd708e61ed182867dfd4e80',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-simdvec:9.2.0',
    sha256: '363d13cae9a97c73343390b02f53a9b58c1f3ac56034da679e3f052fb32cd766',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-tdigest:9.2.0',
    sha256: 'ea99464b7f8b08f4658afaecec595f2ed8084ca5c6a849512e4e5fe23af52a69',
  },
  {
    coordinates: 'org.elasticsearch:elasticsearch-x-content:9.2.0',
    sha256: '03f690db1b6811c0e2b02ab0008d264d8ab71237d133b4110a55aba3a09c8043',
  },
  {
    coordinates: 'com.carrotsearch:hppc:0.8.1',
    sha256: 'f540703478636d88f699f4666242e6fc9175a996c08ddceaf02106517b970406',
  },
  {
    coordinates: 'org.jruby.jcodings:jcodings:1.0.44',
    sha256: '49190d6ad09056de57d7ed41ed5b4b105e033557b5dd170702decdcf05ee341a',
  },
  {
    coordinates: 'org.jruby.joni:joni:2.1.29',
    sha256: 'aa4b71415682f3d7fa44083cd94a9ec48478ec3b9c30947b4152913d41b1004d',
  },
  {
    coordinates: 'net.sf.jopt-simple:jopt-simple:5.0.2',
    sha256: '457877c79e038f390557db5f8e92c4436fb4f4b3ba63f28bc228500fee080193',
  },
  {
    coordinates: 'org.apache.logging.log4j:log4j-api:2.19.0',
    sha256: '5ccb24ad9f92e768d0bc456d3061a737951262df803e004d2cad096b75a88d60',
  },
  {
    coordinates: 'org.apache.logging.log4j:log4j-core:2.19.0',
    sha256: 'b4a1796fab7bfc36df015c1b4052459147997e8d215a7199d71d05f9e747e4f4',
  },
  {
    coordinates: 'co.elastic.logging:log4j2-ecs-layout:1.2.0',
    sha256: '395eebdbfaae281244b2da7f369654d6ca79c4be70acfff87e6638c07f89a0be',
  },
  {
    coordinates: 'org.apache.lucene:lucene-analysis-common:10.3.1',
    sha256: '36b5eb626b3f16c506e34ec7d14363b8417d2639be5c0aebb590fb17582e8a1c',
  },
  {
    coordinates: 'org.apache.lucene:lucene-backward-codecs:10.3.1',
    sha256: 'b33b5a34d3c14a2244d91ceceb8a2d3d17f898d97d9de068f4e48e7783030827',
  },
  {
    coordinates: 'org.apache.lucene:lucene-core:10.3.1',
    sha256: 'cf6b6283e0f9bd92f9e4d49aa73afb70dbd07742f453a95a964d745c6b5b245f',
  },
  {
    coordinates: 'org.apache.lucene:lucene-facet:10.3.1',
    sha256: 'cf3723189d382d4515c21f5764098babd973d60b0e8f52d37d4abb71473e8655',
  },
  {
    coordinates: 'org.apache.lucene:lucene-grouping:10.3.1',
    sha256: 'b67d9c5810fe1a931d23b06f508497f8af489807efd36279fbdb4e28e6240815',
  },
  {
    coordinates: 'org.apache.lucene:lucene-highlighter:10.3.1',
    sha256: 'bdf8a699ff6efeffae4393a998ac38b304425d0d800d30b25145da786ec8c94b',
  },
  {
    coordinates: 'org.apache.lucene:lucene-join:10.3.1',
    sha256: '8ace1991fa556aecff88d2283c2deba5e77b5c7df3dea454acb570633c7eb488',
  },
  {
    coordinates: 'org.apache.lucene:lucene-memory:10.3.1',
    sha256: 'e43ddd14d509ac0646ad10333e8c8a1f3f0588103e534da52fe07bb554bed414',
  },
  {
    coordinates: 'org.apache.lucene:lucene-misc:10.3.1',
    sha256: '5dbb04fbc1d4193104c32e9f574b182c8fc19f1bff5416c57ff4b4c270e84c4d',
  },
  {
    coordinates: 'org.apache.lucene:lucene-queries:10.3.1',
    sha256: '2beafac8f8ee43b5766dcfadbacb19ad2f14c8aa2a2e072aed1b9a18219c8a07',
  },
  {
    coordinates: 'org.apache.lucene:lucene-queryparser:10.3.1',
    sha256: '61b27bf50b00ab3f16be529d11421b81cfd7c58d4756b1e1308c61a44d13ca74',
  },
  {
    coordinates: 'org.apache.lucene:lucene-sandbox:10.3.1',
    sha256: '08dbd1df644c25a1a867de0631010a0d5dbad1b472cd389184d43a762585d361',
  },
  {
    coordinates: 'org.apache.lucene:lucene-suggest:10.3.1',
    sha256: '96eacfacab7f9a89aa16f15eeb1fa62dba6dca33b6d7d351ac01b23dfcd83d5d',
  },
  {
    coordinates: 'org.lz4:lz4-java:1.8.0',
    sha256: 'd74a3334fb35195009b338a951f918203d6bbca3d1d359033dc33edd1cadc9ef',
  },
];

/** Jars of the module that serves HTTP. */
export const TRANSPORT_JARS: readonly Artifact[] = [
  {
    coordinates: 'org.elasticsearch:elasticsearch-ssl-config:9.2.0',
    sha256: 'f24816bf5b16aac7c84ac79fed469c4a630c63a301b0e7c4e24295b39d7c7af8',
  },
  {
    coordinates: 'io.netty:netty-buffer:4.1.126.Final',
    sha256: 'd741726adcc76107553092d456d0da5837daad39919c8a40df15327d7fa3296d',
  },
  {
    coordinates: 'io.netty:netty-codec:4.1.126.Final',
    sha256: '8ebb8284cc76b26025d892ff8bc1a90cc4ae7492dae0e3794068cd8ebc452600',
  },
  {
    coordinates: 'io.netty:netty-codec-http:4.1.126.Final',
    sha256: '0a32369bbd7278f1066048fc0830f2a6df1f0f72de6ae7f5386976c4d2f6788f',
  },
  {
    coordinates: 'io.netty:netty-common:4.1.126.Final',
    sha256: 'ac2b777562723a94962ea30a30d968fa5678455141ede64100b9d0530426db9c',
  },
  {
    coordinates: 'io.netty:netty-handler:4.1.126.Final',
    sha256: '1846e8e770288aab3a203a16f78e2515ddba0bf9df1c26665ceffc38c9fc875b',
  },
  {
    coordinates: 'io.netty:netty-resolver:4.1.126.Final',
    sha256: 'c66be4ca4e37c263af785253449024b7ef150093257490c208bdc1d774e2c6d7',
  },
  {
    coordinates: 'io.netty:netty-transport:4.1.126.Final',
    sha256: '30065562b7708e88cdf7c3fd192be9083651be538676ba27c8631e255825f315',
  },
  {
    coordinates: 'io.netty:netty-transport-native-unix-common:4.1.126.Final',
    sha256: 'b6578df0ad9092f4e846d34976a5f887b067ebaa71307eb90653d3a1898c1f5f',
  },
  {
    coordinates: 'org.elasticsearch.plugin:transport-netty4:9.2.0',
    sha256: '5103113d0292d94375ca130248012477f2bf7ec6518af45b60ad9bd7c678bdba',
  },
];

/** Files from the jar of the HTTP module that must also lie beside this jar. */
export const TRANSPORT_DESCRIPTORS: readonly { readonly file: string; readonly sha256: string }[] =
  [
    {
      file: 'entitlement-policy.yaml',
      sha256: '4430e6393ffcf9fdb1fea22cea556f7b947b8ff775122f04007e812b7f0cdb1d',
    },
    {
      file: 'plugin-descriptor.properties',
      sha256: 'ca67a2ad7a2db0c508cbb5b4cd957057f4ae378a12f89a58f0c8ab972aff9323',
    },
  ];
