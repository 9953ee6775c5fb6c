/**
 * What a device's program says over HTTP: it registers, says that it is there, and asks for a fresh token. The first two are
 * the seed's, field for field; what is beyond them is optional in the request and added in the answer.
 *
 * A device shows that it may join by one of these: a claim code of its branch together with a key of its own that it proves
 * to have; a claim that staff bound to its MAC beforehand, for a program without keys; or its own credential, to register
 * again. `REGISTRATION_OPEN=true` lets any new device of a known branch in (a laboratory). Whatever else is tried gets one
 * answer.
 */
import { Context, Schema } from "effect"
import {
  HttpApiEndpoint,
  HttpApiError,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSecurity,
  OpenApi,
} from "effect/http-api"
import { DeviceStatus } from "../domain/Device.ts"
import { BayId, BoardAddress, BranchId, CartId, ChainId, ControllerId, DeviceId, LockIndex } from "../domain/Ids.ts"
import { TypedMacAddress } from "../domain/MacAddress.ts"
import { PrintableText, Text } from "../domain/Text.ts"
import { DevicePublicKey, DeviceSignature, Nonce } from "../wire/DeviceProof.ts"
import { CommandKeyId, CommandPublicKey } from "../wire/SignedCommand.ts"
import { NotFound, TooManyRequests, Unauthorized } from "./Problems.ts"

/** Whatever was wrong with it: neither the branch, nor the claim, nor the device can be told from the answer. */
export class RegistrationRefused extends HttpApiError.Problem<RegistrationRefused>()("RegistrationRefused", {
  type: "urn:cartwise:problem:registration_refused",
  status: 403,
  title: "This device may not register: ask for a new claim for it.",
}) {}

const Ts = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

export const RegisterDevice = Schema.Struct({
  device_name: PrintableText(1, 120),
  mac_address: TypedMacAddress,
  serial_number: PrintableText(1, 120),
  /** Left out: the branch that the claim is of. */
  branch_code: Schema.optionalKey(PrintableText(1, 64)),
  firmware_version: PrintableText(1, 64),
  /** As printed; case and dashes do not matter. Also as the header `X-Provisioning-Token`. */
  claim_code: Schema.optionalKey(Text.check(Schema.isMaxLength(64))),
  /** The device's own Ed25519 key, and what it signs (`core/wire/DeviceProof.ts`) to show that it has it. */
  public_key: Schema.optionalKey(DevicePublicKey),
  nonce: Schema.optionalKey(Nonce),
  /** Milliseconds UTC; not more than five minutes off. */
  ts: Schema.optionalKey(Ts),
  signature: Schema.optionalKey(DeviceSignature),
})
export type RegisterDevice = typeof RegisterDevice.Type

/** Where the device's messages go, and how it is let in there. */
export const MqttConfig = Schema.Struct({
  broker: Schema.String,
  port: Schema.Int,
  /** The device's topic; every message hangs under it. */
  topic: Schema.String,
  username: Schema.String,
  /** Left out where it is the one the device has already. */
  password: Schema.optionalKey(Schema.String),
  tls: Schema.Boolean,
  client_id: Schema.String,
  protocol: Schema.Literal("3.1.1"),
})
export type MqttConfig = typeof MqttConfig.Type

/** What is installed with the device, as its program must know it to run. */
export const DeviceLayout = Schema.Struct({
  chain_id: ChainId,
  branch_id: BranchId,
  chain_slug: Schema.String,
  branch_code: Schema.String,
  simulated: Schema.Boolean,
  controllers: Schema.Array(
    Schema.Struct({
      id: ControllerId,
      controller_address: BoardAddress,
      /** The serial port as the device names it; boards with one port share a bus. */
      port: Schema.String,
      bays: Schema.Array(
        Schema.Struct({
          id: BayId,
          lock_index: LockIndex,
          label: Schema.String,
          cart_id: Schema.NullOr(CartId),
        }),
      ),
    }),
  ),
})
export type DeviceLayout = typeof DeviceLayout.Type

const Granted = {
  device_id: DeviceId,
  device_token: Schema.String,
  /** Seconds until the token is no longer good. */
  expires_in: Schema.Int,
  mqtt_config: MqttConfig,
  /** Whose commands the device carries out. */
  command_keys: Schema.Array(Schema.Struct({ kid: CommandKeyId, public_key: CommandPublicKey })),
  layout: DeviceLayout,
}

export const RegisteredDevice = Schema.Struct(Granted)
export type RegisteredDevice = typeof RegisteredDevice.Type

export const RenewToken = Schema.Struct({ nonce: Nonce, ts: Ts, signature: DeviceSignature })

/** A new key, signed for by the old one and by itself (`keyChangeText`). */
export const ChangeKey = Schema.Struct({
  public_key: DevicePublicKey,
  nonce: Nonce,
  ts: Ts,
  signature: DeviceSignature,
  new_signature: DeviceSignature,
})

export const DeviceBeat = Schema.Struct({
  status: DeviceStatus,
  /** What is no address, as the seed's `unknown`, is taken as none. */
  ip_address: Schema.NullOr(PrintableText(0, 64)).pipe(Schema.optionalKey),
})

/** Whose token came with the request. */
export class CurrentDevice extends Context.Service<CurrentDevice, { readonly id: DeviceId }>()(
  "cartwise/core/api/CurrentDevice",
) {}

export class DeviceAuthorization extends HttpApiMiddleware.Service<DeviceAuthorization, { provides: CurrentDevice }>()(
  "cartwise/core/api/DeviceAuthorization",
  { security: { bearer: HttpApiSecurity.bearer }, error: [Unauthorized, TooManyRequests] },
) {}

const params = { id: DeviceId }

export class DeviceIdentityGroup extends HttpApiGroup.make("deviceIdentity")
  .add(
    HttpApiEndpoint.post("register", "/devices/register", {
      headers: {
        "x-provisioning-token": Schema.optional(Text.check(Schema.isMaxLength(64))),
        authorization: Schema.optional(Text.check(Schema.isMaxLength(512))),
      },
      payload: RegisterDevice,
      success: RegisteredDevice,
      error: [RegistrationRefused, NotFound, TooManyRequests],
    }).annotate(
      OpenApi.Description,
      "Lets a device in: a new one, one that is expected, or one that was here before. The answer is the seed's, with the MQTT login, the cloud's command keys and what is installed with the device added.",
    ),
    HttpApiEndpoint.post("token", "/devices/:id/token", {
      params,
      payload: RenewToken,
      success: RegisteredDevice,
      error: [RegistrationRefused, NotFound],
    }).annotate(
      OpenApi.Description,
      "A fresh access token for a device with a key, which signs for it. The one before stays good until its time is over.",
    ),
    HttpApiEndpoint.post("changeKey", "/devices/:id/key", {
      params,
      payload: ChangeKey,
      success: RegisteredDevice,
      error: [RegistrationRefused, NotFound],
    }).annotate(
      OpenApi.Description,
      "Gives a device another key: the old one signs for it, and so does the new one. The old one and every token before are no longer good when this is answered; the password at the broker stays.",
    ),
  )
  .annotateMerge(
    OpenApi.annotations({ title: "Device identity", description: "How a device joins, and says that it is there." }),
  ) {}

export class DeviceBeatGroup extends HttpApiGroup.make("deviceBeat")
  .add(
    HttpApiEndpoint.post("heartbeat", "/devices/:id/heartbeat", {
      params,
      payload: DeviceBeat,
      success: Schema.Struct({ status: Schema.Literal("ok"), message: Schema.Literal("Heartbeat received") }),
      error: NotFound,
    }).annotate(OpenApi.Description, "The device is there. Bearer: its own token."),
  )
  .middleware(DeviceAuthorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Device heartbeat", description: "What a device says with its token." }),
  ) {}
