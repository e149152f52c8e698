import { allowsServicesOnly, policyOf, refusesPlainHttp, statementsOf, typeOf, type Rule } from "./rule";

const bucket = typeOf("s3", "bucket");
const ofBucket = (name: string) => typeOf("s3", `bucket${name}`);
const queue = typeOf("sqs", "queue");
const topic = typeOf("sns", "topic");
const anyone = { policy: policyOf({ Principal: "*" }) };
const customerKey = /^arn:aws:kms:/;

const bucketRules: Rule[] = [
  {
    checkov: ["CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    says: "a bucket blocks public access in all four ways",
    type: bucket,
    setting: ofBucket("PublicAccessBlock"),
    passes: ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
      [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets].every(
        (on) => on === true,
      ),
    flip: { ignorePublicAcls: false },
  },
  {
    checkov: ["CKV2_AWS_65", "CKV_AWS_20", "CKV_AWS_57"],
    says: "a bucket has no access control lists",
    type: bucket,
    setting: ofBucket("OwnershipControls"),
    passes: ({ rule }, all) =>
      rule?.objectOwnership === "BucketOwnerEnforced" && !all.some(({ type }) => type === ofBucket("Acl")),
    flip: { rule: { objectOwnership: "ObjectWriter" } },
  },
  {
    checkov: ["CKV_AWS_19"],
    says: "a bucket encrypts what is written",
    type: bucket,
    setting: ofBucket("ServerSideEncryptionConfiguration"),
    passes: ({ rules = [] }) =>
      ["AES256", "aws:kms"].includes(rules[0]?.applyServerSideEncryptionByDefault.sseAlgorithm),
    flip: { rules: [] },
  },
  {
    checkov: ["CKV_AWS_145"],
    says: "a bucket encrypts with a key of the account's, through a bucket key",
    type: bucket,
    setting: ofBucket("ServerSideEncryptionConfiguration"),
    passes: ({ rules = [] }) =>
      customerKey.test(rules[0]?.applyServerSideEncryptionByDefault.kmsMasterKeyId) &&
      rules[0].bucketKeyEnabled,
    flip: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  },
  {
    checkov: ["CKV_AWS_21"],
    says: "a bucket keeps old versions",
    type: bucket,
    setting: ofBucket("Versioning"),
    passes: ({ versioningConfiguration }) => versioningConfiguration?.status === "Enabled",
    flip: { versioningConfiguration: { status: "Suspended" } },
  },
  {
    checkov: ["CKV2_AWS_61", "CKV_AWS_300"],
    says: "a bucket clears up uploads that were never finished",
    type: bucket,
    setting: ofBucket("LifecycleConfiguration"),
    passes: ({ rules = [] }) =>
      (rules as { status: string; filter: object; abortIncompleteMultipartUpload?: object }[]).some(
        ({ status, filter, abortIncompleteMultipartUpload: abort }) =>
          status === "Enabled" && abort && Object.keys(filter).length === 0,
      ),
    flip: { rules: [] },
  },
  {
    checkov: ["CKV_AWS_379"],
    says: "a bucket answers over TLS alone",
    type: bucket,
    setting: ofBucket("Policy"),
    passes: ({ policy }) => refusesPlainHttp(policy),
    flip: anyone,
  },
  {
    checkov: ["CKV_AWS_70", "CKV_AWS_93"],
    says: "a bucket's policy allows nothing, and refuses nothing over TLS",
    type: bucket,
    setting: ofBucket("Policy"),
    passes: ({ policy }) =>
      statementsOf(policy).every(
        ({ Effect, Condition }) => Effect === "Deny" && Condition?.Bool?.["aws:SecureTransport"] === "false",
      ),
    flip: anyone,
  },
  {
    checkov: ["CKV_AWS_18"],
    says: "a bucket logs who reads and writes it",
    type: bucket,
    setting: ofBucket("Logging"),
    passes: ({ targetBucket }) => targetBucket !== undefined,
    flip: { targetBucket: "logs" },
  },
  {
    checkov: ["CKV_AWS_144"],
    says: "a bucket is replicated to another region",
    type: bucket,
    setting: ofBucket("ReplicationConfig"),
    passes: ({ rules = [] }) => rules.length > 0,
    flip: { rules: [{}] },
  },
  {
    checkov: ["CKV2_AWS_62"],
    says: "a bucket tells of new objects",
    type: bucket,
    setting: ofBucket("Notification"),
    passes: ({ lambdaFunctions = [], eventbridge = false }) => lambdaFunctions.length > 0 || eventbridge,
    flip: { lambdaFunctions: [], eventbridge: false },
  },
];

const messageRules: Rule[] = [
  {
    checkov: ["CKV_AWS_27"],
    says: "a queue is encrypted",
    type: queue,
    passes: ({ sqsManagedSseEnabled, kmsMasterKeyId }) =>
      sqsManagedSseEnabled === true || kmsMasterKeyId !== undefined,
    flip: { sqsManagedSseEnabled: undefined, kmsMasterKeyId: undefined },
  },
  {
    checkov: ["CKV2_AWS_73"],
    says: "a queue's key, if it has one, is the account's: EventBridge cannot use AWS's",
    type: queue,
    passes: ({ kmsMasterKeyId }) => kmsMasterKeyId === undefined || customerKey.test(kmsMasterKeyId),
    flip: { kmsMasterKeyId: "alias/aws/sqs" },
  },
  {
    checkov: ["CKV_AWS_168", "CKV_AWS_387", "CKV_AWS_72"],
    says: "a queue's policy lets rules of the stack send, and nobody else do anything",
    type: queue,
    setting: typeOf("sqs", "queuePolicy"),
    passes: ({ policy }, all) =>
      allowsServicesOnly(policy) &&
      statementsOf(policy)
        .filter(({ Effect }) => Effect === "Allow")
        .every(
          ({ Action, Condition }) =>
            Action === "sqs:SendMessage" &&
            [Condition!.ArnEquals?.["aws:SourceArn"]]
              .flat()
              .every((arn) => all.some((one) => one.outputs.arn === arn)),
        ),
    flip: anyone,
  },
  {
    checkov: [],
    says: "a queue answers over TLS alone",
    type: queue,
    setting: typeOf("sqs", "queuePolicy"),
    passes: ({ policy }) => refusesPlainHttp(policy),
    flip: anyone,
  },
  {
    checkov: ["CKV_AWS_26"],
    says: "a topic is encrypted with a key of the account's",
    type: topic,
    passes: ({ kmsMasterKeyId }) => customerKey.test(kmsMasterKeyId),
    flip: { kmsMasterKeyId: undefined },
  },
  {
    checkov: ["CKV_AWS_169", "CKV_AWS_385"],
    says: "a topic's policy lets services of this account publish, and nobody else",
    type: topic,
    setting: typeOf("sns", "topicPolicy"),
    passes: ({ policy }) => policy !== undefined && allowsServicesOnly(policy),
    flip: anyone,
  },
  {
    checkov: [],
    says: "a topic takes messages over TLS alone",
    type: topic,
    setting: typeOf("sns", "topicPolicy"),
    passes: ({ policy }) => refusesPlainHttp(policy),
    flip: anyone,
  },
];

const secretRules: Rule[] = [
  {
    checkov: ["CKV2_AWS_34"],
    says: "a parameter is a SecureString, and its value a secret of Pulumi's",
    type: typeOf("ssm", "parameter"),
    // Under mocks a secret is an object that wraps the value.
    passes: ({ type, value }) => type === "SecureString" && typeof value === "object",
    flip: { value: "text" },
  },
  {
    checkov: ["CKV_AWS_337"],
    says: "a parameter is encrypted with a key of the account's",
    type: typeOf("ssm", "parameter"),
    passes: ({ keyId }) => customerKey.test(keyId),
    flip: { keyId: undefined },
  },
];

const keyRules: Rule[] = [
  {
    checkov: ["CKV_AWS_7"],
    says: "a key rotates",
    type: typeOf("kms", "key"),
    passes: ({ enableKeyRotation }) => enableKeyRotation === true,
    flip: { enableKeyRotation: false },
  },
  {
    checkov: ["CKV2_AWS_64", "CKV_AWS_33"],
    says: "a key has a policy for this account and for services that act for it",
    type: typeOf("kms", "key"),
    passes: ({ policy }) => {
      const [owner, ...services] = statementsOf(policy);
      const bound = services.every(
        ({ Principal, Condition }) =>
          typeof Principal === "object" &&
          "Service" in Principal &&
          /:\d{12}:|"\d{12}"/.test(JSON.stringify(Condition)),
      );
      return /^arn:aws:iam::\d{12}:root$/.test((owner?.Principal as { AWS?: string })?.AWS ?? "") && bound;
    },
    flip: anyone,
  },
  {
    checkov: ["CKV_AWS_227"],
    says: "a key is enabled",
    type: typeOf("kms", "key"),
    passes: ({ isEnabled }) => isEnabled !== false,
    flip: { isEnabled: false },
  },
];

/** Rules of what holds data: buckets, queues, the topic, secrets, the key. */
export const dataRules = [...bucketRules, ...messageRules, ...secretRules, ...keyRules];
